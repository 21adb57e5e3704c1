// Names and labels of every metric. They are a contract with dashboards: never renamed. Labels hold closed sets of
// words, never ids of persons or resources.
#pragma once

namespace passerelle::gateway {

inline constexpr char kMetricServerStarted[] = "grpc_server_started_total";
inline constexpr char kMetricServerHandled[] = "grpc_server_handled_total";
inline constexpr char kMetricServerHandlingSeconds[] = "grpc_server_handling_seconds";
inline constexpr char kMetricRelayMessages[] = "passerelle_relay_messages_total";
inline constexpr char kMetricExchangeState[] = "passerelle_exchange_state_total";
inline constexpr char kMetricRecognitionState[] = "passerelle_recognition_state_total";
inline constexpr char kMetricRecognitionClock[] = "passerelle_recognition_clock_total";
inline constexpr char kMetricTrustDecision[] = "passerelle_trust_decision_total";
inline constexpr char kMetricPeerRefused[] = "passerelle_peer_refused_total";
inline constexpr char kMetricTranslation[] = "passerelle_translation_total";

inline constexpr char kMetricNodeMapVersion[] = "passerelle_node_map_version";
inline constexpr char kMetricNodeMapStale[] = "passerelle_node_map_stale";
inline constexpr char kMetricNodeMapRefused[] = "passerelle_node_map_refused_total";
inline constexpr char kMetricDaysToExpiry[] = "passerelle_days_to_expiry";
inline constexpr char kMetricLogEvents[] = "passerelle_log_events_total";
inline constexpr char kMetricBuildInfo[] = "passerelle_build_info";
inline constexpr char kMetricCertificateExpiry[] = "passerelle_certificate_expiry_seconds";
inline constexpr char kMetricTrustBundleExpiry[] = "passerelle_trust_bundle_expiry_seconds";
inline constexpr char kMetricNodeMapExpiry[] = "passerelle_node_map_expiry_seconds";
inline constexpr char kMetricRelayOverdue[] = "passerelle_relay_overdue_seconds";
inline constexpr char kMetricPeerCircuit[] = "passerelle_peer_circuit";
inline constexpr char kMetricEmergencyAccessOpen[] = "passerelle_emergency_access_open";
inline constexpr char kMetricResidentMemory[] = "process_resident_memory_bytes";
inline constexpr char kMetricStartTime[] = "process_start_time_seconds";

inline constexpr char kLabelGrpcType[] = "grpc_type";
inline constexpr char kLabelGrpcService[] = "grpc_service";
inline constexpr char kLabelGrpcMethod[] = "grpc_method";
inline constexpr char kLabelGrpcCode[] = "grpc_code";
inline constexpr char kLabelDirection[] = "direction";
inline constexpr char kLabelType[] = "type";
inline constexpr char kLabelOutcome[] = "outcome";
inline constexpr char kLabelState[] = "state";
inline constexpr char kLabelClock[] = "clock";
inline constexpr char kLabelDecision[] = "decision";
inline constexpr char kLabelReason[] = "reason";
inline constexpr char kLabelFormat[] = "format";
inline constexpr char kLabelSource[] = "source";
inline constexpr char kLabelNode[] = "node";
inline constexpr char kLabelMaterial[] = "material";
inline constexpr char kLabelEvent[] = "event";
inline constexpr char kLabelLevel[] = "level";
inline constexpr char kLabelVersion[] = "version";
inline constexpr char kLabelPurpose[] = "purpose";

}  // namespace passerelle::gateway
