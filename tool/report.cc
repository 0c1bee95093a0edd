// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/report.h"

#include <fmt/format.h>

#include "tool/status_text.h"

namespace strait::tool {

namespace {

std::string_view hint_connecting(Errc code) {
    switch (code) {
        case Errc::noent:
            return "no address is known for this name: check its spelling, and DNS";
        case Errc::connrefused:
            return "nothing listens there: is the server running, and on this port? "
                   "nfs://host:PORT/ names another";
        case Errc::hostunreach:
        case Errc::timedout:
            return "check the network and the firewalls on the way; strait doctor URL tells more";
        case Errc::connreset:
        case Errc::closed:
            return "the server ended the connection: it may refuse this address, or speak another "
                   "protocol on this port";
        case Errc::notsup:
            return "the server speaks neither NFSv4.2 nor 4.1; older versions are not there yet";
        case Errc::auth:
        case Errc::access:
        case Errc::perm:
            return "the server turns this client away: it may want a port below 1024 (-o resvport, "
                   "as root; or 'insecure' in its exports), or another security flavour";
        case Errc::protocol:
            return "what answers there does not speak NFS: check the port";
        default:
            return "strait doctor URL looks at each step";
    }
}

std::string_view hint_remote(Errc code) {
    switch (code) {
        case Errc::access:
        case Errc::perm:
        case Errc::auth:
            return "the export may squash or refuse this user: try another one (-o uid=N,gid=N), "
                   "or "
                   "ask for access on the server";
        case Errc::wrongsec:
            return "the server asks for another security flavour (sec=), for which there is no "
                   "support yet";
        case Errc::rofs:
            return "the export, or the option ro, permits no change: ask for rw on the server";
        case Errc::noent:
            return "the path begins at the server's root: strait ls nfs://HOST/ shows its exports";
        case Errc::nospc:
        case Errc::dquot:
            return "strait df URL tells what is left; the server's quota may be lower";
        case Errc::stale:
        case Errc::badhandle:
            return "the file was removed or replaced on the server meanwhile: try again";
        case Errc::xdev:
            return "a symbolic link leads out of this server: name its target's own URL";
        case Errc::timedout:
        case Errc::connreset:
            return "the server has not answered in time: check it and the network; strait doctor "
                   "URL tells more";
        case Errc::io:
        case Errc::serverfault:
            return "the server could not do it: its log may say why";
        case Errc::isdir:
            return "it is a directory: -r takes whole trees, where the verb has it";
        case Errc::notempty:
            return "it still holds files: -r removes whole trees";
        case Errc::grace:
        case Errc::delay:
            return "the server is busy with itself (it may have restarted): try again in a minute";
        case Errc::moved:
            return "the file system lives on another server now";
        case Errc::notsup:
        case Errc::attrnotsup:
            return "the server, or this file system of it, cannot do this";
        default:
            return {};
    }
}

std::string answer_line(const Failure& failure, Error error) {
    if (failure.server.empty()) return {};
    if (failure.connecting && error.domain != Domain::nfs4)
        return fmt::format("  server {} gave no connection{}\n", failure.server,
                           error.domain == Domain::none ? "" : ": " + status_text(error));
    if (error.domain == Domain::nfs4 && failure.refusal) {
        const Refusal& refusal = *failure.refusal;
        // A condition that we set ourselves, to learn what the object is.
        if (refusal.operation == "NVERIFY" || refusal.operation == "VERIFY")
            return fmt::format("  on server {} (vers=4.{}, sec=sys, uid {})\n", failure.server,
                               refusal.minor, refusal.uid);
        std::string to = refusal.operation.empty() ? "" : " to " + refusal.operation;
        return fmt::format("  server {} answered {}{} (vers=4.{}, sec=sys, uid {})\n",
                           failure.server, status_text(error), to, refusal.minor, refusal.uid);
    }
    if (error.domain == Domain::none) return fmt::format("  on server {}\n", failure.server);
    return fmt::format("  server {} answered {}\n", failure.server, status_text(error));
}

}  // namespace

std::string_view hint(Error error, const Failure& failure) {
    if (failure.server.empty()) return {};
    return failure.connecting ? hint_connecting(error.code) : hint_remote(error.code);
}

std::string describe(const Failure& failure, Error error) {
    std::string text =
        fmt::format("strait: {} {}: {}\n", failure.what, failure.where,
                    failure.connecting && error == Errc::noent ? std::string_view("no such host")
                                                               : errc_text(error.code));
    text += answer_line(failure, error);
    if (auto advice = hint(error, failure); !advice.empty()) text += fmt::format("  {}\n", advice);
    return text;
}

void complain(std::string_view text) { fmt::print(stderr, "strait: {}\n", text); }

}  // namespace strait::tool
