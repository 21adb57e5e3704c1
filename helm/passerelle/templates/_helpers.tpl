{{- define "passerelle.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "passerelle.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "passerelle.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "passerelle.selectorLabels" -}}
app.kubernetes.io/name: {{ include "passerelle.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "passerelle.labels" -}}
{{ include "passerelle.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "passerelle.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "passerelle.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "passerelle.image" -}}
{{- $image := .Values.image -}}
{{- $name := ternary $image.repository (printf "%s/%s" $image.registry $image.repository) (empty $image.registry) -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "passerelle.clientTlsSecret" -}}
{{- if .Values.tls.client.certManager.enabled -}}
{{- printf "%s-client-tls" (include "passerelle.fullname" .) -}}
{{- else -}}
{{- required "tls.client.existingSecret, or tls.client.certManager" .Values.tls.client.existingSecret -}}
{{- end -}}
{{- end -}}

{{- /* The configuration of the node without who may call it: what changes here needs a restart. */ -}}
{{- define "passerelle.config" -}}
node: {{ required "node.id is the node's id in the node map" .Values.node.id | quote }}
node_map: {{ printf "/etc/passerelle/node-map/%s" .Values.node.nodeMap.key | quote }}
message_key: {{ printf "/etc/passerelle/message-key/%s" .Values.node.messageKey.key | quote }}
{{- with .Values.node.encryptionKeys }}
{{- if .existingSecret }}
encryption_keys: [/etc/passerelle/encryption-keys]
{{- end }}
{{- if .required }}
require_encryption: true
{{- end }}
{{- end }}
{{- if eq .Values.store.kind "sqlite" }}
store: /var/lib/passerelle/store.sqlite
{{- else }}
{{- with .Values.store.postgresql }}
postgresql_store:
  connection: {{ required "store.postgresql.connection" .connection | quote }}
  schema: {{ .schema | quote }}
  connections: {{ .connections }}
{{- if .existingSecret }}
  password_file: {{ printf "/etc/passerelle/store-password/%s" .key | quote }}
{{- end }}
{{- end }}
{{- end }}
client_port:
  listen: "0.0.0.0:7001"
  tls:
    certificate: /etc/passerelle/client-tls/tls.crt
    private_key: /etc/passerelle/client-tls/tls.key
    trusted_authorities: /etc/passerelle/client-tls/ca.crt
{{- with .Values.node.tokenIssuers }}
  token_issuers:
{{- range $index, $issuer := . }}
    - issuer: {{ $issuer.issuer | quote }}
      audience: {{ $issuer.audience | quote }}
{{- with $issuer.jwksUrl }}
      jwks_url: {{ . | quote }}
{{- else }}
      jwks_file: {{ printf "/etc/passerelle/token-issuer-%d/%s" $index (default "jwks.json" $issuer.key) | quote }}
{{- end }}
{{- with $issuer.keyPins }}
      key_pins: {{ toJson . }}
{{- end }}
{{- range $ours, $theirs := dict "trustedAuthorities" "trusted_authorities" "jwksAgeMax" "jwks_age_max" "clockSkew" "clock_skew" "tokenLifeMax" "token_life_max" }}
{{- with get $issuer $ours }}
      {{ $theirs }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.node.catalogue.index .Values.node.catalogue.openToAnybody }}
  open_services: [passerelle.catalogue.v1.CatalogueService]
{{- end }}
peer_port:
  listen: "0.0.0.0:7002"
  tls:
    certificate: /etc/passerelle/peer-tls/tls.crt
    private_key: /etc/passerelle/peer-tls/tls.key
    trusted_authorities: /etc/passerelle/peer-tls/ca.crt
admin_port:
  listen: "0.0.0.0:7003"
  metrics_listen: "0.0.0.0:7004"
time_limits:
  call: {{ .Values.node.callSeconds }}s
  peer_call: {{ .Values.node.peerCallSeconds }}s
  drain: {{ .Values.node.drainSeconds }}s
{{- with .Values.node.trustBundle }}
{{- if .existingConfigMap }}
trust_bundle:
  path: {{ printf "/etc/passerelle/trust/%s" .bundleKey | quote }}
  root: {{ printf "/etc/passerelle/trust/%s" .rootKey | quote }}
{{- end }}
{{- end }}
{{- with .Values.node.recognitionPolicies }}
{{- if .existingConfigMap }}
recognition_policies:
{{- range .keys }}
  - {{ printf "/etc/passerelle/policies/%s" . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.node.registerFacts }}
{{- if .existingConfigMap }}
register_facts:
{{- range .keys }}
  - {{ printf "/etc/passerelle/register-facts/%s" . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.node.catalogue }}
{{- if .index }}
catalogue:
  index: {{ .index | quote }}
{{- if .providers.existingConfigMap }}
  providers: {{ printf "/etc/passerelle/providers/%s" .providers.key | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.node.seals }}
seals:
{{- range $index, $seal := . }}
  - key: {{ printf "/etc/passerelle/seal-%d/%s" $index (default "tls.key" $seal.key) | quote }}
    certificate: {{ printf "/etc/passerelle/seal-%d/%s" $index (default "tls.crt" $seal.certificateKey) | quote }}
{{- with $seal.from }}
    from: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The pod, of the StatefulSet and of the Deployment alike. */ -}}
{{- define "passerelle.pod" -}}
metadata:
  annotations:
    # The part of the configuration that counts from the next start only; the node takes over the rest by itself.
    checksum/config: {{ printf "%s\n%s" (include "passerelle.config" .) (toYaml .Values.node.extraConfig) | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "passerelle.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceAccountName: {{ include "passerelle.serviceAccountName" . }}
  automountServiceAccountToken: false
  # PASSERELLE_… variables of other services would be none of ours.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add .Values.preStopSeconds .Values.node.drainSeconds 10 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: passerelle
      image: {{ include "passerelle.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [serve, --config, /etc/passerelle/config/node.yaml]
      {{- with .Values.extraEnv }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - {name: client, containerPort: 7001, protocol: TCP}
        - {name: peer, containerPort: 7002, protocol: TCP}
        - {name: admin, containerPort: 7003, protocol: TCP}
        - {name: metrics, containerPort: 7004, protocol: TCP}
      startupProbe:
        grpc: {port: 7003}
        periodSeconds: 1
        failureThreshold: 60
      readinessProbe:
        grpc: {port: 7003}
        periodSeconds: 5
        timeoutSeconds: 2
        failureThreshold: 2
      livenessProbe:
        grpc: {port: 7003}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      lifecycle:
        preStop:
          sleep: {seconds: {{ .Values.preStopSeconds }}}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/passerelle/config, readOnly: true}
        - {name: node-map, mountPath: /etc/passerelle/node-map, readOnly: true}
        - {name: message-key, mountPath: /etc/passerelle/message-key, readOnly: true}
        - {name: client-tls, mountPath: /etc/passerelle/client-tls, readOnly: true}
        - {name: peer-tls, mountPath: /etc/passerelle/peer-tls, readOnly: true}
        {{- if .Values.node.trustBundle.existingConfigMap }}
        - {name: trust, mountPath: /etc/passerelle/trust, readOnly: true}
        {{- end }}
        {{- if .Values.node.recognitionPolicies.existingConfigMap }}
        - {name: policies, mountPath: /etc/passerelle/policies, readOnly: true}
        {{- end }}
        {{- if .Values.node.encryptionKeys.existingSecret }}
        - {name: encryption-keys, mountPath: /etc/passerelle/encryption-keys, readOnly: true}
        {{- end }}
        {{- if .Values.node.registerFacts.existingConfigMap }}
        - {name: register-facts, mountPath: /etc/passerelle/register-facts, readOnly: true}
        {{- end }}
        {{- if .Values.node.catalogue.providers.existingConfigMap }}
        - {name: providers, mountPath: /etc/passerelle/providers, readOnly: true}
        {{- end }}
        {{- range $index, $issuer := .Values.node.tokenIssuers }}
        {{- if $issuer.existingConfigMap }}
        - {name: token-issuer-{{ $index }}, mountPath: /etc/passerelle/token-issuer-{{ $index }}, readOnly: true}
        {{- end }}
        {{- end }}
        {{- range $index, $seal := .Values.node.seals }}
        - {name: seal-{{ $index }}, mountPath: /etc/passerelle/seal-{{ $index }}, readOnly: true}
        {{- end }}
        {{- if eq .Values.store.kind "sqlite" }}
        - {name: store, mountPath: /var/lib/passerelle}
        {{- else if .Values.store.postgresql.existingSecret }}
        - {name: store-password, mountPath: /etc/passerelle/store-password, readOnly: true}
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap: {name: {{ include "passerelle.fullname" . }}}
    - name: node-map
      configMap: {name: {{ required "node.nodeMap.existingConfigMap" .Values.node.nodeMap.existingConfigMap }}}
    # Root's, and readable by the group of the pod: the node refuses keys that others may use.
    - name: message-key
      secret:
        secretName: {{ required "node.messageKey.existingSecret" .Values.node.messageKey.existingSecret }}
        defaultMode: 0440
    - name: client-tls
      secret:
        secretName: {{ include "passerelle.clientTlsSecret" . }}
        defaultMode: 0440
    - name: peer-tls
      secret:
        secretName: {{ required "tls.peer.existingSecret" .Values.tls.peer.existingSecret }}
        defaultMode: 0440
    {{- with .Values.node.trustBundle.existingConfigMap }}
    - name: trust
      configMap: {name: {{ . }}}
    {{- end }}
    {{- with .Values.node.recognitionPolicies.existingConfigMap }}
    - name: policies
      configMap: {name: {{ . }}}
    {{- end }}
    {{- with .Values.node.encryptionKeys.existingSecret }}
    - name: encryption-keys
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- with .Values.node.registerFacts.existingConfigMap }}
    - name: register-facts
      configMap: {name: {{ . }}}
    {{- end }}
    {{- with .Values.node.catalogue.providers.existingConfigMap }}
    - name: providers
      configMap: {name: {{ . }}}
    {{- end }}
    {{- range $index, $issuer := .Values.node.tokenIssuers }}
    {{- if $issuer.existingConfigMap }}
    - name: token-issuer-{{ $index }}
      configMap: {name: {{ $issuer.existingConfigMap }}}
    {{- end }}
    {{- end }}
    {{- range $index, $seal := .Values.node.seals }}
    - name: seal-{{ $index }}
      secret:
        secretName: {{ $seal.existingSecret }}
        defaultMode: 0440
    {{- end }}
    {{- if and (eq .Values.store.kind "sqlite") .Values.store.sqlite.existingClaim }}
    - name: store
      persistentVolumeClaim: {claimName: {{ .Values.store.sqlite.existingClaim }}}
    {{- end }}
    {{- if and (eq .Values.store.kind "postgresql") .Values.store.postgresql.existingSecret }}
    - name: store-password
      secret:
        secretName: {{ .Values.store.postgresql.existingSecret }}
        defaultMode: 0440
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
{{- end -}}
