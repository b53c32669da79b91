// Expectations, counted as the Python tests count them.
import { isDeepStrictEqual } from "node:util";

const counts = { passed: 0, failed: 0 };

export function check(what, good, seen = "") {
  counts[good ? "passed" : "failed"] += 1;
  if (!good) console.log(`FAILED  ${what}${seen === "" ? "" : ": " + (typeof seen === "string" ? seen : JSON.stringify(seen))}`);
  return good;
}

export function equal(what, seen, expected) {
  return check(what, isDeepStrictEqual(seen, expected), `${JSON.stringify(seen)}, not ${JSON.stringify(expected)}`);
}

export async function part(title, body) {
  try {
    await body();
  } catch (error) {
    check(title, false, `${error.name}: ${error.message}`);
    if (process.env.TRACE) console.log(error.stack);
  }
}

/** Resolves to the error's name; undefined where there was none. */
export async function fails(promise) {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

export function finish() {
  console.log(`counts: ${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed === 0 && counts.passed ? 0 : 1);
}

/** Waits until nothing is left to do. */
export async function idle() {
  const answer = await fetch(process.env.AWS_ENDPOINT_URL + "/_backlot/idle", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ timeout: "60s" }),
  });
  if (answer.status !== 200) throw new Error("not idle: " + (await answer.text()));
}

/** What AWS_ENDPOINT_URL and the environment do not say. */
export const settings = { maxAttempts: 1, disableHostPrefix: true };
