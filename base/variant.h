// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// holds<T>(variant): std::holds_alternative with its index known when compiled. libstdc++ 12 counts
// that index anew at run time, over every alternative, for each question.

#include <variant>

namespace strait {

template <class T, class... Ts>
constexpr bool holds(const std::variant<Ts...>& any) noexcept {
    return std::get_if<T>(&any) != nullptr;
}

}  // namespace strait
