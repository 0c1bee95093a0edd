// SPDX-License-Identifier: LGPL-2.1-or-later
// The cases of EXCHANGE_ID (RFC 8881 section 18.35.4) and CREATE_SESSION's own replay.

#include "server/nfs4/clients.h"

#include <gtest/gtest.h>

namespace strait::server::nfs4 {
namespace {

const verifier4 old_life{std::byte{1}};
const verifier4 new_life{std::byte{2}};
constexpr Principal alice{1, 1000}, bob{1, 2000};

struct ClientsTest : testing::Test {
    SharedClients clients{7, 90s};

    auto exchange(const verifier4& verifier, Principal principal, bool update = false) {
        return clients.exchange_id("owner", verifier, principal, update);
    }
    auto create(clientid4 id, sequenceid4 sequence, Principal principal = alice) {
        channel_attrs4 fore{0, 8192, 8192, 1024, 8, 4, {}};
        return clients.create_session(id, sequence, principal, fore);
    }
    // A confirmed client with one session.
    Ref<Session> confirmed() {
        auto told = exchange(old_life, alice);
        auto session = create(told->clientid, told->sequence)->session;
        clients.session_replied(told->clientid, told->sequence, {});
        return session;
    }
};

TEST_F(ClientsTest, an_unconfirmed_record_is_replaced_by_the_next_one) {
    auto first = exchange(old_life, alice);
    auto second = exchange(old_life, bob);
    EXPECT_NE(first->clientid, second->clientid);
    EXPECT_EQ(create(first->clientid, first->sequence).error(), NFS4ERR_STALE_CLIENTID);
    EXPECT_EQ(clients.client_count(), 0u);
}

TEST_F(ClientsTest, the_same_client_is_known_again) {
    auto session = confirmed();
    auto again = exchange(old_life, alice);
    EXPECT_TRUE(again->confirmed);
    EXPECT_EQ(again->clientid, session->client().id());
    EXPECT_EQ(again->sequence, 2u);
}

TEST_F(ClientsTest, another_principal_gets_the_name_only_when_nothing_is_held) {
    auto session = confirmed();
    EXPECT_EQ(exchange(new_life, bob).error(), NFS4ERR_CLID_INUSE);
    EXPECT_TRUE(clients.find(session->id()));
    clients.destroy_session(session->id());
    auto taken = exchange(new_life, bob);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->discarded.get(), &session->client());
}

TEST_F(ClientsTest, a_restarted_client_takes_over_once_it_confirms) {
    auto session = confirmed();
    auto again = exchange(new_life, alice);
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->confirmed);
    EXPECT_TRUE(clients.find(session->id()));
    auto made = create(again->clientid, again->sequence);
    EXPECT_EQ(made->discarded.get(), &session->client());
    EXPECT_FALSE(clients.find(session->id()));
    EXPECT_EQ(clients.client_count(), 1u);
}

TEST_F(ClientsTest, an_update_wants_a_confirmed_record_of_the_same_verifier_and_principal) {
    EXPECT_EQ(exchange(old_life, alice, true).error(), NFS4ERR_NOENT);
    confirmed();
    EXPECT_EQ(exchange(new_life, alice, true).error(), NFS4ERR_NOT_SAME);
    EXPECT_EQ(exchange(old_life, bob, true).error(), NFS4ERR_PERM);
    EXPECT_TRUE(exchange(old_life, alice, true)->confirmed);
}

TEST_F(ClientsTest, create_session_has_a_slot_of_its_own) {
    auto told = exchange(old_life, alice);
    EXPECT_EQ(create(told->clientid, told->sequence - 1).error(), NFS4ERR_SEQ_MISORDERED);
    EXPECT_EQ(create(told->clientid, told->sequence, bob).error(), NFS4ERR_CLID_INUSE);
    ASSERT_TRUE(create(told->clientid, told->sequence)->session);
    EXPECT_EQ(create(told->clientid, told->sequence + 1).error(), NFS4ERR_DELAY);
    clients.session_replied(told->clientid, told->sequence, BufferChain(Buffer::copy_of("reply!")));
    auto again = create(told->clientid, told->sequence);
    ASSERT_TRUE(again && again->replay);
    EXPECT_EQ(again->replay->flatten().text(), "reply!");
    EXPECT_EQ(create(told->clientid, told->sequence + 2).error(), NFS4ERR_SEQ_MISORDERED);
    EXPECT_EQ(clients.session_count(), 1u);
}

TEST_F(ClientsTest, a_lease_ends_when_nobody_renews_it) {
    auto session = confirmed();
    EXPECT_EQ(exchange(new_life, bob).error(), NFS4ERR_CLID_INUSE);
    EXPECT_TRUE(clients.take_expired(MonoClock::now() + 80s).empty());
    auto expired = clients.take_expired(MonoClock::now() + 100s);
    ASSERT_EQ(expired.size(), 1u);
    EXPECT_EQ(expired[0].get(), &session->client());
    EXPECT_FALSE(clients.find(session->id()));
    EXPECT_EQ(clients.client_count(), 0u);
}

TEST_F(ClientsTest, a_client_with_sessions_cannot_be_destroyed) {
    auto session = confirmed();
    clientid4 id = session->client().id();
    EXPECT_EQ(clients.destroy_client(id).error(), NFS4ERR_CLIENTID_BUSY);
    EXPECT_TRUE(clients.destroy_session(session->id()));
    EXPECT_FALSE(clients.destroy_session(session->id()));
    EXPECT_TRUE(clients.destroy_client(id));
    EXPECT_EQ(clients.destroy_client(id).error(), NFS4ERR_STALE_CLIENTID);
}

}  // namespace
}  // namespace strait::server::nfs4
