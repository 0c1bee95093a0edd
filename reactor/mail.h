// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Cross-core mail: a lock-free queue of many senders and one reader. First in, first out for each
// sender.

#include <atomic>
#include <cstddef>
#include <functional>

namespace strait {

// A letter. Its owner keeps it alive until deliver() runs on the receiving core; deliver() may end
// it.
class Mail {
  public:
    virtual void deliver() noexcept = 0;

  protected:
    ~Mail() = default;

  private:
    friend class MailBox;
    Mail* next_ = nullptr;
};

class MailBox {
  public:
    // From any thread.
    void put(Mail& mail) noexcept;
    bool empty() const noexcept { return head_.load(std::memory_order_seq_cst) == nullptr; }
    // Delivers all that came, on the reader's thread; returns how many.
    size_t deliver_all() noexcept;

  private:
    std::atomic<Mail*> head_{nullptr};
};

}  // namespace strait
