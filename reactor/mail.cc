// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/mail.h"

namespace strait {

void MailBox::put(Mail& mail) noexcept {
    Mail* head = head_.load(std::memory_order_relaxed);
    do {
        mail.next_ = head;
    } while (!head_.compare_exchange_weak(head, &mail, std::memory_order_seq_cst,
                                          std::memory_order_relaxed));
}

size_t MailBox::deliver_all() noexcept {
    if (head_.load(std::memory_order_relaxed) == nullptr) return 0;
    Mail* newest = head_.exchange(nullptr, std::memory_order_acquire);
    Mail* oldest = nullptr;
    while (newest) {
        Mail* next = newest->next_;
        newest->next_ = oldest;
        oldest = newest;
        newest = next;
    }
    size_t count = 0;
    while (oldest) {
        Mail* next = oldest->next_;  // deliver() may end the letter
        oldest->deliver();
        oldest = next;
        count++;
    }
    return count;
}

}  // namespace strait
