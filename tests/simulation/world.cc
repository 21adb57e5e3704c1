#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/simulation/judge.h"

namespace passerelle::simulation {
namespace {

constexpr int kDepthMax = 3;
constexpr int kRoundsMax = 400;  // of work until rest; each follows the next thing that is due
constexpr int kBatch = 100;
// How far a clock may be off (core/federation/duplicate_memory.h).
constexpr int kSecondsOff = 60;

const absl::Time kStart = absl::FromUnixMillis(1893553445250);  // 2030-01-02T03:04:05.25Z

}  // namespace

World::World(uint64_t seed, Bug bug, bool tell) : bug_(bug), dice_(seed), now_(kStart), random_(seed) {
  report_.seed = seed;
  report_.tell = tell;
  weather_ = MakeWeather();
  if (dice_.Chance(500)) liar_ = dice_.Below(kNodes);
  for (int i = 0; i < kNodes; ++i) {
    const absl::Duration ahead = absl::Seconds(dice_.Between(-kSecondsOff, kSecondsOff));
    nodes_.push_back(std::make_unique<Node>(i, *this, now_, ahead, seed * kNodes + i, report_));
  }
}

World::~World() = default;

Weather World::MakeWeather() {
  // Each kind of trouble is absent, rare or frequent, so that schedules differ in kind.
  const auto level = [this](int rare, int frequent) {
    const int which = dice_.Below(4);
    return which == 0 ? 0 : which == 3 ? frequent : rare;
  };
  Weather weather;
  weather.nested = level(60, 250);
  weather.kill_between = level(6, 30);
  weather.kill_within = level(3, 20);
  weather.store_fault = level(15, 80);
  weather.lose_request = level(100, 400);
  weather.twice = level(100, 400);
  weather.keep_back = level(100, 400);
  weather.change = level(20, 150);
  weather.lose_answer = level(100, 500);
  weather.lie = level(200, 700);
  weather.register_down = level(50, 200);
  return weather;
}

int World::IndexOf(const std::string& id) const {
  for (int i = 0; i < kNodes; ++i) {
    if (nodes_[i]->id() == id) return i;
  }
  return -1;
}

void World::Count(Event event, absl::string_view what) {
  ++report_.events[static_cast<int>(event)];
  if (!report_.tell) return;
  absl::StrAppend(&report_.story, absl::FormatTime("%d %H:%M:%E3S", now_, absl::UTCTimeZone()),
                  std::string(2 * depth_ + 1, ' '), NameOf(event), what.empty() ? "" : ": ", what, "\n");
}

bool World::Roll(int permille, Event event) {
  if (calm_ || !dice_.Chance(permille)) return false;
  Count(event);
  return true;
}

void World::AddGrant() {
  Grant grant;
  grant.asked = dice_.Below(kNodes);
  grant.receiver = (grant.asked + 1 + dice_.Below(kNodes - 1)) % kNodes;
  grant.credential_id = absl::StrCat("credential-", grants_.size());
  sharing::v1::CreateAuthorisationRequest request;
  request.set_request_id(base::NewUuid(random_));
  sharing::v1::Authorisation& wished = *request.mutable_authorisation();
  wished.set_receiver(nodes_[grant.receiver]->id());
  wished.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  wished.add_credential_ids(grant.credential_id);
  wished.set_uses_allowed(static_cast<uint32_t>(dice_.Between(1, 4)));
  *wished.mutable_valid_from() = base::ToProto(kStart - absl::Hours(1));
  *wished.mutable_valid_until() = base::ToProto(kStart + absl::Hours(24 * 30));
  RunOn(*nodes_[grant.asked],
        [&](Process& process) { grant.id = process.authorisations.Create(kClient, request).value().id(); });
  grants_.push_back(std::move(grant));
}

void World::AddWish() {
  Wish wish;
  wish.grant = dice_.Below(static_cast<int>(grants_.size()));
  const Grant& grant = grants_[wish.grant];
  wish.asker = grant.receiver;
  wish.request.set_request_id(base::NewUuid(random_));
  wish.request.set_peer(nodes_[grant.asked]->id());
  wish.request.set_authorisation_id(grant.id);
  wish.request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  constexpr int kMinutes[] = {10, 60, 360};
  wish.request.mutable_time_limit()->set_seconds(kMinutes[dice_.Below(3)] * 60);
  wishes_.push_back(std::move(wish));
}

void World::SetUp() {
  for (int i = 0; i < kNodes; ++i) Start(i);
  for (int i = dice_.Between(1, 3); i > 0; --i) AddGrant();
  for (int i = dice_.Between(1, 4); i > 0; --i) AddWish();
}

Report World::Run() {
  SetUp();
  calm_ = false;
  for (size_t i = 0; i < wishes_.size(); ++i) Ask();
  for (acts_left_ = dice_.Between(10, 40); acts_left_ > 0; --acts_left_) Act();
  calm_ = true;
  calm_since_ = now_;
  if (!ComeToRest()) report_.Violate(Invariant::kRest, "there is always something left to do");
  if (report_.violations.empty()) Judge(*this);
  if (report_.violations.empty() && dice_.Chance(150)) AfterRest();
  return std::move(report_);
}

bool World::RunOn(Node& node, absl::FunctionRef<void(Process&)> step) {
  const std::shared_ptr<Process> process = node.process();
  if (process == nullptr) return false;
  try {
    step(*process);
    return true;
  } catch (const Killed&) {
    return false;
  }
}

bool World::Start(int index) {
  Node& node = *nodes_[index];
  if (node.process() != nullptr || starting_[index]) return node.process() != nullptr;
  starting_[index] = true;
  absl::Status started;
  try {
    started = node.Start();
  } catch (const Killed&) {
    started = absl::AbortedError("killed");
  }
  starting_[index] = false;
  if (started.ok()) {
    Count(Event::kStarted, node.id());
  } else if (!absl::IsAborted(started) && base::ReasonOf(started) != base::Reason::kStoreUnavailable) {
    report_.Violate(Invariant::kLog, absl::StrCat(node.id(), " does not start: ", started.message()));
  }
  return started.ok();
}

void World::Die(Life& life) {
  life.alive = false;
  Node& node = *nodes_[IndexOf(life.node)];
  if (node.process() != nullptr && &node.process()->life == &life) node.Kill();
  throw Killed{&life};
}

void World::Between(Life& life) {
  if (!life.alive) throw Killed{&life};
  if (calm_) return;
  if (depth_ < kDepthMax && acts_left_ > 0 && Roll(weather_.nested, Event::kNested)) {
    ++depth_;
    Act();
    --depth_;
    if (!life.alive) throw Killed{&life};
  }
  if (Roll(weather_.kill_between, Event::kKilledBetweenSteps)) Die(life);
}

void World::Within(Life& life) {
  if (!life.alive) throw Killed{&life};
  if (!calm_ && Roll(weather_.kill_within, Event::kKilledInTransaction)) Die(life);
}

StoreFault World::NextStoreFault() {
  if (calm_ || !dice_.Chance(weather_.store_fault)) return StoreFault::kNone;
  const bool before = dice_.Chance(500);
  Count(before ? Event::kStoreFailedBefore : Event::kStoreFailedAfter);
  return before ? StoreFault::kBeforeCommit : StoreFault::kAfterCommit;
}

bool World::RegisterAvailable() { return !Roll(weather_.register_down, Event::kRegisterDown); }

void World::Act() {
  struct Choice {
    int weight;
    void (World::*act)();
  };
  static constexpr Choice kChoices[] = {
      {20, &World::Ask},          {32, &World::Send},       {10, &World::Sequence},
      {10, &World::HandOverLate}, {8, &World::KillOrStart}, {20, &World::PassTime},
      {1, &World::Withdraw},      {6, &World::LiarSends},   {1, &World::Forget},
  };
  int sum = 0;
  for (const Choice& choice : kChoices) sum += choice.weight;
  int drawn = dice_.Below(sum);
  for (const Choice& choice : kChoices) {
    drawn -= choice.weight;
    if (drawn < 0) return (this->*choice.act)();
  }
}

// A client asks for what has not been confirmed yet, and sometimes again for what has.
void World::Ask() {
  const size_t chosen = dice_.Below(static_cast<int>(wishes_.size()));
  if (!wishes_[chosen].exchange_id.empty() && !dice_.Chance(200)) return;
  Node& asker = *nodes_[wishes_[chosen].asker];
  RunOn(asker, [&](Process& process) {
    Count(Event::kAsked, absl::StrCat(asker.id(), " wish ", chosen));
    const auto created = process.exchanges.Create(kClient, wishes_[chosen].request);
    if (!created.ok()) return;
    std::string& known = wishes_[chosen].exchange_id;
    if (!known.empty() && known != created->id()) {
      report_.Violate(Invariant::kRequestId, absl::StrCat(asker.id(), ": the same request made two exchanges"));
    }
    known = created->id();
  });
}

void World::Send() {
  // Mostly one that has something to send.
  Node& node = dice_.Chance(750) ? *nodes_[wishes_[dice_.Below(static_cast<int>(wishes_.size()))].asker] : Any();
  RunOn(node, [&](Process& process) {
    Count(Event::kSendingRound, node.id());
    process.outbox->SendDue(dice_.Between(1, 3)).status().IgnoreError();
  });
}

void World::Sequence() {
  Node& node = Any();
  RunOn(node, [&](Process& process) {
    Count(Event::kSequenced, node.id());
    process.log->Sequence(dice_.Between(1, 5)).status().IgnoreError();
  });
}

void World::HandOverLate() {
  if (kept_back_.empty()) return;
  const size_t chosen = dice_.Below(static_cast<int>(kept_back_.size()));
  const Carried carried = kept_back_[chosen];
  kept_back_.erase(kept_back_.begin() + static_cast<ptrdiff_t>(chosen));
  Hand(carried.from, *nodes_[IndexOf(carried.to)], carried.envelope).status().IgnoreError();
}

void World::KillOrStart() {
  const int index = dice_.Below(kNodes);
  Node& node = *nodes_[index];
  if (node.process() == nullptr) {
    Start(index);
  } else if (dice_.Chance(500) && weather_.kill_between > 0) {
    Count(Event::kKilledBetweenSteps, node.id());
    node.Kill();
  }
}

void World::PassTime() {
  const int which = dice_.Below(100);
  absl::Duration passed = absl::Milliseconds(dice_.Between(1, 2000));
  if (which >= 50) passed = absl::Seconds(dice_.Between(1, 120));
  if (which >= 85) passed = absl::Minutes(dice_.Between(1, 20));
  if (which >= 97) passed = absl::Minutes(dice_.Between(60, 400));
  now_ += passed;
  Count(Event::kTimePassed, report_.tell ? absl::FormatDuration(passed) : "");
}

void World::Withdraw() {
  Grant& grant = grants_[dice_.Below(static_cast<int>(grants_.size()))];
  sharing::v1::WithdrawAuthorisationRequest request;
  request.set_request_id(base::NewUuid(random_));
  request.set_id(grant.id);
  // It may stand although the process does not live to confirm it.
  grant.withdrawn = true;
  RunOn(*nodes_[grant.asked], [&](Process& process) {
    Count(Event::kWithdrawn, grant.id);
    process.authorisations.Withdraw(kClient, request).status().IgnoreError();
  });
}

void World::Forget() {
  RunOn(Any(), [&](Process& process) {
    Count(Event::kForgot);
    process.inbox->Forget().status().IgnoreError();
  });
}

absl::Time World::NextDue() {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& node : nodes_) {
    RunOn(*node,
          [&](Process& process) { next = std::min(next, process.outbox->NextDue().value() - node->clock().ahead()); });
  }
  return next;
}

// One round in which everything works. False when there is nothing left to do, now or later.
bool World::WorkOnce() {
  for (int i = 0; i < kNodes; ++i) {
    if (!Start(i)) return true;
  }
  while (!kept_back_.empty()) HandOverLate();
  for (Wish& wish : wishes_) {
    if (!wish.exchange_id.empty()) continue;
    RunOn(*nodes_[wish.asker], [&](Process& process) {
      const auto created = process.exchanges.Create(kClient, wish.request);
      if (created.ok()) wish.exchange_id = created->id();
    });
  }
  for (const auto& node : nodes_) {
    RunOn(*node, [](Process& process) {
      process.log->Sequence(kBatch).status().IgnoreError();
      process.outbox->SendDue(kBatch).status().IgnoreError();
    });
  }
  const bool asked = std::all_of(wishes_.begin(), wishes_.end(), [](const Wish& w) { return !w.exchange_id.empty(); });
  const absl::Time next = NextDue();
  if (asked && next == absl::InfiniteFuture()) return false;
  now_ = std::max(now_ + absl::Milliseconds(1), next == absl::InfiniteFuture() ? now_ : next);
  return true;
}

bool World::ComeToRest() {
  for (int round = 0; round < kRoundsMax; ++round) {
    if (WorkOnce()) {
      if (!report_.violations.empty()) return true;
      continue;
    }
    for (const auto& node : nodes_) {
      RunOn(*node, [&](Process& process) {
        process.log->Sequence(kBatch).status().IgnoreError();
        if (process.log->Sequence(kBatch).value_or(0) == 0) return;
        report_.Violate(Invariant::kLog, absl::StrCat(node->id(), ": leaves get a place again and again"));
      });
    }
    return true;
  }
  return false;
}

void World::AfterRest() {
  now_ += base::kDuplicateMemory + absl::Hours(1);
  for (const auto& node : nodes_) {
    RunOn(*node, [&](Process& process) {
      Count(Event::kForgot);
      process.inbox->Forget().status().IgnoreError();
    });
  }
  for (const Carried& old : requests_) {
    Hand(old.from, *nodes_[IndexOf(old.to)], old.envelope).status().IgnoreError();
  }
  JudgeEffects(*this);
}

Report RunSchedule(uint64_t seed, Bug bug, bool tell) { return World(seed, bug, tell).Run(); }

}  // namespace passerelle::simulation
