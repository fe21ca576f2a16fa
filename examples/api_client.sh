#!/bin/sh
# A client of the HTTP API in curl: starts an escalation, acknowledges it, and shows a refusal.
#
#     examples/api_client.sh http://127.0.0.1:8234 ACME/4713 maya
set -eu
if [ $# -ne 3 ]; then
    echo "give the URL of the web service, a key such as ACME/4713, and a person such as maya" >&2
    exit 2
fi
api="$1/api/v1" key=$2 person=$3

ask() { # METHOD PATH [BODY]: the answer in one line, a problem too
    curl --silent --show-error --request "$1" "$api$2" \
        --header "X-Escalation-As: $person" --header "Content-Type: application/json" ${3:+--data "$3"}
    echo
}

ask POST /escalations "{
    \"key\": \"$key\", \"subject\": \"Second delivery in a row is damaged\", \"priority\": \"P2\",
    \"issue_type\": \"customer_service_requests\", \"category\": \"complaint\", \"reason\": \"dissatisfied_customer\",
    \"customers\": [{\"account\": \"ACME\", \"contacts\": [{\"name\": \"Jo Buyer\", \"email\": \"jo@acme.example\"}]}]
}"
ask POST "/escalations/$key/moves/raise_level/preview" '{"reason": "no_response"}'
ask POST "/escalations/$key/moves/acknowledge" '{"note": "On it"}'
ask POST "/escalations/$key/moves/verify_resolution" '{}'
ask GET "/escalations/$key/timeline?limit=3"
