#!/bin/sh
# The federation of docs/operating/federation.md as it is after the first ceremony, in the present folder.
set -e
exec >/dev/null
for name in ada bo cleo no-message nl-message; do
  openssl genpkey -algorithm ED25519 -out $name.pem
  openssl pkey -in $name.pem -pubout -out $name.pub
done
for node in no nl; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $node-tls.key -out $node-tls.crt \
    -subj "/CN=urn:passerelle:node:$node" -days 365 2>/dev/null
done
passerelle federation init --name nordic-pilot --threshold 2 --out draft.yaml \
  --authority Ada=ada.pub --authority Bo=bo.pub --authority Cleo=cleo.pub
passerelle federation add draft.yaml --node NO --country NO --authority "Centre of Norway" \
  --endpoint no.example:7443 --tls no-tls.crt --message-key no-message.pub --answers recognition
passerelle federation add draft.yaml --node NO --authority "Chamber of physicians" --answers recognition --field 0912
passerelle federation add draft.yaml --node NL --country NL --authority "Centre of the Netherlands" \
  --endpoint nl.example:7443 --tls nl-tls.crt --message-key nl-message.pub --answers recognition --answers authenticity
passerelle federation propose draft.yaml --at 2026-03-01 --out proposal.json
passerelle federation sign proposal.json --key ada.pem
passerelle federation sign proposal.json --key bo.pem
passerelle federation show proposal.json --root > root.yaml
passerelle federation publish proposal.json --root root.yaml --to node-map.json --at 2026-03-02
