// The way in which services for clients hang on gRPC: their unary methods get the bytes of a request as they came
// (unary_call.h). Whoever reaches a port can send them, and a message can take many times its bytes, so that gRPC must
// not read it before the node knows who calls.
//
// Thread-safety: thread-safe. Ownership: the runner must outlive the service.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/grpc/unary_call.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"

namespace passerelle::gateway {

// `Api` is the class that was generated for the service. Every unary method of it runs as it was added to the runner,
// and is not implemented when it was not. A service with streams gives the `Base` that has their handlers.
// Test: tests/unit/gateway/grpc/raw_call_test.cc.
template <typename Api, typename Base = typename Api::Service>
class RawService : public Base {
 protected:
  explicit RawService(CallRunner* runner) {
    const google::protobuf::ServiceDescriptor& service =
        *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(Api::service_full_name());
    for (int i = 0; i < service.method_count(); ++i) {
      const google::protobuf::MethodDescriptor& method = *service.method(i);
      if (method.client_streaming() || method.server_streaming()) continue;
      const auto run = [runner, path = absl::StrCat(service.full_name(), "/", method.name())](
                           grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                           grpc::ByteBuffer* response) { return runner->Run(context, path, request, response); };
      // As the generated WithRawCallbackMethod_... do, of which each wants a function of its own. gRPC numbers methods
      // in the order of the .proto too.
      auto handler = std::make_unique<grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>>(run);
      this->MarkMethodRawCallback(i, handler.release());
    }
  }
};

}  // namespace passerelle::gateway
