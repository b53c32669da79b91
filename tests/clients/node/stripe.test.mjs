// Stripe's own client against the stand-in of fixtures/stripe.lua: the address is all that differs.
import Stripe from "stripe";
import { check, equal, fails, finish, part } from "./check.mjs";

const address = new URL(process.env.STRIPE_API_BASE);
const stripe = new Stripe("sk_test_backlot", { host: address.hostname, port: Number(address.port), protocol: "http", maxNetworkRetries: 0, telemetry: false });
const card = { amount: 259900, currency: "inr", payment_method_types: ["card"] };

await part("payment intents", async () => {
  const made = await stripe.paymentIntents.create({ ...card, metadata: { orderId: "ORDER#1" } }, { idempotencyKey: "one" });
  check("create", made.id.startsWith("pi_") && made.object === "payment_intent" && made.status === "requires_payment_method" && made.client_secret.startsWith(made.id), made);
  equal("one key is one intent", (await stripe.paymentIntents.create({ ...card, metadata: { orderId: "ORDER#1" } }, { idempotencyKey: "one" })).id, made.id);
  const misused = await fails(stripe.paymentIntents.create({ ...card, amount: 1000 }, { idempotencyKey: "one" }));
  check("the key for something else", misused instanceof Stripe.errors.StripeIdempotencyError || misused?.type === "idempotency_error" || misused?.statusCode === 400, misused?.type);
  const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" });
  equal("confirm", [paid.status, paid.amount_received, typeof paid.latest_charge], ["succeeded", 259900, "string"]);
  equal("retrieve", (await stripe.paymentIntents.retrieve(made.id)).metadata.orderId, "ORDER#1");
  const twice = await fails(stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" }));
  equal("confirm it again", [twice?.statusCode, twice?.code], [400, "payment_intent_unexpected_state"]);
});

await part("cards that are declined", async () => {
  for (const [method, code] of [["pm_card_chargeDeclined", "generic_decline"], ["pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"], ["pm_card_chargeDeclinedLostCard", "lost_card"],
                                ["pm_card_visa_chargeDeclinedStolenCard", "stolen_card"]]) {
    const intent = await stripe.paymentIntents.create(card);
    const error = await fails(stripe.paymentIntents.confirm(intent.id, { payment_method: method }));
    check(`${method}: a StripeCardError`, error instanceof Stripe.errors.StripeCardError, error?.type);
    equal(`${method}: its codes`, [error.statusCode, error.code, error.decline_code, error.payment_intent?.status], [402, "card_declined", code, "requires_payment_method"]);
  }
  const expired = await fails(stripe.paymentIntents.create({ ...card, payment_method: "pm_card_chargeDeclinedExpiredCard", confirm: true }));
  equal("an expired card", [expired?.statusCode, expired?.code], [402, "expired_card"]);
  const asks = await stripe.paymentIntents.create({ ...card, payment_method: "pm_card_authenticationRequired", confirm: true });
  equal("a card that asks its holder", asks.status, "requires_action");
  equal("cancel", (await stripe.paymentIntents.cancel(asks.id)).status, "canceled");
});

await part("refunds", async () => {
  const intent = await stripe.paymentIntents.create({ ...card, payment_method: "pm_card_visa", confirm: true });
  const half = await stripe.refunds.create({ payment_intent: intent.id, amount: 100000 });
  equal("a part", [half.status, half.amount, half.id.startsWith("re_")], ["succeeded", 100000, true]);
  equal("the rest", (await stripe.refunds.create({ payment_intent: intent.id })).amount, 159900);
  const more = await fails(stripe.refunds.create({ payment_intent: intent.id }));
  equal("no more than there was", [more?.statusCode, more?.code], [400, "charge_already_refunded"]);
  const listed = [];
  for await (const refund of stripe.refunds.list({ payment_intent: intent.id, limit: 1 })) listed.push(refund.amount);
  equal("listed by pages", listed.sort(), [100000, 159900]);
});

await part("errors", async () => {
  const missing = await fails(stripe.paymentIntents.retrieve("pi_none"));
  equal("an intent that is not there", [missing?.statusCode, missing?.code, missing?.type], [404, "resource_missing", "StripeInvalidRequestError"]);
  const unknown = await fails(stripe.paymentIntents.create({ ...card, currency: "zzz" }));
  equal("a currency that is none", [unknown?.statusCode, unknown?.param], [400, "currency"]);
  const bad = await fails(stripe.paymentIntents.create({ currency: "inr" }));
  equal("no amount", [bad?.statusCode, bad?.param], [400, "amount"]);
  const stranger = new Stripe("", { host: address.hostname, port: Number(address.port), protocol: "http", maxNetworkRetries: 0, telemetry: false, authenticator: async () => {} });
  const refused = await fails(stranger.paymentIntents.list());
  check("no key", refused instanceof Stripe.errors.StripeAuthenticationError, refused?.type);
});

await part("webhooks", async () => {
  const payload = JSON.stringify({ id: "evt_1", object: "event", type: "payment_intent.succeeded" });
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_backlot" });
  equal("a signature that is right", stripe.webhooks.constructEvent(payload, header, "whsec_backlot").id, "evt_1");
  const events = await stripe.events.list({ type: "payment_intent.succeeded", limit: 3 });
  check("events", events.data.length === 2 && events.data.every((event) => event.data.object.object === "payment_intent"), events.data.map((event) => event.type));
});

finish();
