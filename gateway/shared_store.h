// A store that several replicas of a node share. They find each other's work by looking for what is due; a hint only
// makes them look sooner.
//
// Thread-safety: thread-safe.
#pragma once

#include <functional>

#include "core/base/port/store.h"

namespace passerelle::gateway {

class SharedStore : public base::Store {
 public:
  // From now on `look` is called, in a thread of the store's own, after another replica has written something that is
  // due at once. Hints can be late, come twice, or be lost with a connection. Null ends it: no call runs after that.
  virtual void OnHint(std::function<void()> look) = 0;
};

}  // namespace passerelle::gateway
