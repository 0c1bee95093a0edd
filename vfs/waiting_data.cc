// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/waiting_data.h"

#include <algorithm>

#include "vfs/file_state.h"

namespace strait::vfs {

namespace {
constexpr size_t files_at_once = 8;
// What one file alone may hold by the rules of write-behind, in its policy's bytes.
constexpr size_t of_one_file = 9;
}  // namespace

WaitingData::WaitingData(const MountPolicy& policy)
    : most_(std::max<size_t>(policy.most_waiting, of_one_file * policy.write_behind)) {}

void WaitingData::account(FileState& file, Share& share, size_t now) {
    const bool less = now < share.bytes;
    bytes_ = bytes_ - share.bytes + now;
    share.bytes = now;
    if (now > 0 && !share.listed) {
        share.place = holders_.insert(holders_.end(), &file);
        share.listed = true;
    }
    if (now == 0) remove(share);
    if (less) freed_.notify_all();
}

void WaitingData::remove(Share& share) {
    bytes_ -= std::exchange(share.bytes, 0);
    if (std::exchange(share.listed, false)) holders_.erase(share.place);
}

// However the write-back ends, and if it never begins.
struct WaitingData::Relieving {
    Relieving(WaitingData& data, Share& share) : owner(data), of(share) {
        owner.relieving_++;
        of.relieved = true;
    }
    ~Relieving() {
        owner.relieving_--;
        of.relieved = false;
        owner.freed_.notify_all();
    }
    WaitingData& owner;
    Share& of;
};

// Its error is told to those who have written.
Task<> WaitingData::write_back(Ref<FileState> file) {
    Relieving relieving(*this, file->writes().share());
    auto done = co_await file->writes().commit().result();
    (void)done;
}

bool WaitingData::relieve() {
    std::vector<Ref<FileState>> oldest;
    for (auto at = holders_.begin();
         at != holders_.end() && relieving_ + oldest.size() < files_at_once; ++at)
        if (!(*at)->writes().share().relieved) oldest.emplace_back(*at);
    for (Ref<FileState>& file : oldest) file->mount().background().spawn(write_back(file));
    return relieving_ > 0;
}

}  // namespace strait::vfs
