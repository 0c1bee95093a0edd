// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings of files.

#include "preload/door/operations.h"

namespace strait::preload {

namespace {

// The mapping that the request names, if its program has it.
Result<MappingRef> mapping_of(const Exchange& exchange) {
    auto at = exchange.process->maps.find(exchange.request.token2);
    if (at == exchange.process->maps.end()) return fail(Errc::badf);
    return at->second;
}

}  // namespace

Task<> op_map(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    const shm::Request& request = exchange.request;
    MappingRef mapping = co_await exchange.maps.map(std::move(token), request.offset, request.count,
                                                    request.arg != 0);
    exchange.reply.value = mapping->id;
    exchange.process->maps.emplace(mapping->id, std::move(mapping));
}

Task<> op_map_fill(Exchange& exchange) {
    MappingRef mapping = co_await mapping_of(exchange);
    auto held = co_await mapping->file->mutex.lock();
    co_await mapping->file->fill(*mapping->token->file, exchange.request.offset,
                                 exchange.request.count);
}

Task<> op_map_writable(Exchange& exchange) {
    MappingRef mapping = co_await mapping_of(exchange);
    co_await MappedFiles::make_writable(*mapping);
}

Task<> op_map_sync(Exchange& exchange) {
    MappingRef mapping = co_await mapping_of(exchange);
    co_await MappedFiles::sync(*mapping, exchange.request.offset, exchange.request.count,
                               exchange.request.arg != 0);
}

Task<> op_unmap(Exchange& exchange) {
    auto node = exchange.process->maps.extract(exchange.request.token2);
    if (node.empty()) co_await Errc::badf;
    co_await MappedFiles::give_up(std::move(node.mapped()));
}

}  // namespace strait::preload
