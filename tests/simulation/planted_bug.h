// Bugs that are planted, one for each invariant and more: the simulation is worth what it finds.
#pragma once

namespace passerelle::simulation {

enum class Bug {
  kNone,
  kForgetsRequestIds,   // the store loses the request ids of clients
  kEffectTwice,         // the handler makes its effect twice
  kForgetsMessages,     // the store finds no message that was received before, and writes over what is there
  kDropsLeaf,           // the store loses the leaves about received messages
  kTearsTransactions,   // what a killed transaction had written stays
  kChangesReceipt,      // the store changes a byte of what is kept of a message
  kTakesForeignAnswer,  // an answer to another message is taken
  kLosesMessage,        // the store never says of a message that it is due
  kReopensExchange,     // an exchange that has ended is written again as it was before
  kForksLog,            // the store reads an old state of the log once
};

}  // namespace passerelle::simulation
