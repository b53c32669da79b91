#!/usr/bin/env bash
# The main job: builds Backlot, deploys the shop on it, and sends three orders through: one that is paid, one whose
# card is declined, one for more than there is. Shows what each of them did. Ends with 0 only if all of it went as
# expected.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${API_URL:-}" ]; then   # from outside: build, and come back with the shop running
  examples/install.sh
  examples/build.sh release backlot bootstrap
  exec build/release/backlot exec functions/template.yaml --param BcryptCost=4 \
    --stand-in fixtures/stripe.lua --stand-in fixtures/razorpay.lua --seed-data fixtures/seed \
    --clock virtual --start 2026-01-05T09:00:00Z --seed 42 -- examples/checkout.sh
fi

backlot=${BACKLOT:-build/release/backlot}
step() { printf '\n== %s\n' "$*"; }
fail() { printf 'UNEXPECTED: %s\n' "$*" >&2; exit 1; }

# call STATUS METHOD PATH [BODY]: a request to the shop as whoever $token is; its answer is in $answer.
call() {
  local wanted=$1 method=$2 path=$3 body=${4:-} status
  local arguments=(-sS -X "$method" -H 'Content-Type: application/json' -w '\n%{http_code}')
  [ -z "${token:-}" ] || arguments+=(-H "Authorization: Bearer $token")
  [ -z "$body" ] || arguments+=(-d "$body")
  answer=$(curl "${arguments[@]}" "$API_URL$path")
  status=${answer##*$'\n'} answer=${answer%$'\n'*}
  printf '%-6s %-28s %s %s\n' "$method" "$path" "$status" "$(cut -c1-110 <<<"$answer")"
  [ "$status" = "$wanted" ] || fail "$method $path answered $status, not $wanted: $answer"
}
field() { jq -er "$1" <<<"$answer" || fail "no $1 in $answer"; }

# dynamodb OPERATION REQUEST: as any AWS client would, signed by curl itself.
dynamodb() {
  curl -sS --aws-sigv4 "aws:amz:$AWS_REGION:dynamodb" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -H "X-Amz-Target: DynamoDB_20120810.$1" -H 'Content-Type: application/x-amz-json-1.0' -d "$2" "$AWS_ENDPOINT_URL/"
}
item() { dynamodb GetItem "{\"TableName\": \"$1\", \"Key\": {\"$2\": {\"S\": \"$3\"}}}" | jq -c '.Item // {} | map_values(.S // .N // .BOOL // .)'; }
stock() { item Inventory productId "$1" | jq -c '{availableStock, reservedStock, soldStock}'; }
settle() { "$backlot" idle --timeout 30s >/dev/null || fail "the world does not come to rest"; }
expect() { [ "$2" = "$3" ] || fail "$1 is $2, not $3"; printf '%s: %s\n' "$1" "$2"; }

# order PRODUCT QUANTITY CHECKOUT: cart and checkout; the order's id is in $order.
order() {
  call 200 POST /cart "{\"productId\": \"$1\", \"quantity\": $2}"
  call 202 POST /checkout "$3"
  order=$(field .orderId)
  settle
}

step "An administrator and a product"
call 201 POST /user/register '{"email": "admin@example.com", "password": "correct horse 1", "name": "Ada Admin"}'
call 200 POST /user/login '{"email": "admin@example.com", "password": "correct horse 1"}'
token=$(field .token)
call 201 POST /product '{"name": "Wool Blanket", "price": 59.9, "description": "Warm", "stock": 8, "category": "home"}'
blanket=$(field .productId)

step "A customer"
token=
call 201 POST /user/register '{"email": "grace@example.com", "password": "battery staple 2", "name": "Grace"}'
call 200 POST /user/login '{"email": "grace@example.com", "password": "battery staple 2"}'
token=$(field .token)
settle

step "An order, paid by card"
printf 'stock before  %s\n' "$(stock "$blanket")"
order "$blanket" 2 '{"method": "CARD", "paymentMethod": "pm_card_visa"}'
"$backlot" trace last
printf 'stock after   %s\n' "$(stock "$blanket")"
call 200 GET "/order/${order/\#/%23}"
printf 'order         %s\n' "$(jq -c . <<<"$answer")"
expect "order" "$(field .status)" CONFIRMED
payment=$(item Payments paymentId "$(field .paymentId)")
printf 'payment       %s\n' "$payment"
expect "payment" "$(jq -r .status <<<"$payment")" SUCCESS
expect "left" "$(stock "$blanket")" '{"availableStock":"6","reservedStock":"0","soldStock":"2"}'

step "An order whose card is declined"
order "$blanket" 1 '{"method": "CARD", "paymentMethod": "pm_card_chargeDeclined"}'
call 200 GET "/order/${order/\#/%23}"
expect "order" "$(field .status)" PAYMENT_FAILED
expect "left" "$(stock "$blanket")" '{"availableStock":"6","reservedStock":"0","soldStock":"2"}'
call 200 DELETE "/cart/${blanket/\#/%23}"

step "An order for more than there is"
call 200 POST /cart '{"productId": "PROD#rare", "quantity": 2}'
call 409 POST /checkout '{"method": "UPI", "vpa": "success@razorpay"}'
expect "left" "$(stock 'PROD#rare')" '{"availableStock":"1","reservedStock":"0","soldStock":"0"}'

step "Mails"
"$backlot" inbox
mails=$("$backlot" inbox --json | jq '[.. | objects | select(.subject?) | select((.subject | test("onfirm")) and ((.to // [])[0] | test("grace")))] | length')
expect "confirmations" "$mails" 1

step "Queues"
for queue in notification-queue analytics-queue inventory-update-queue payment-retry-queue; do
  waiting=$(curl -sS "$AWS_ENDPOINT_URL/_aws/sqs/messages?QueueUrl=$AWS_ENDPOINT_URL/000000000000/$queue" | jq '[.. | objects | select(.MessageId?)] | length')
  printf '%-24s %s messages waiting\n' "$queue" "$waiting"
done

printf '\nAll as expected.\n'
