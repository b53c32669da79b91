#pragma once
// A page of a list that is in memory.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/services/kit/pages.h"
#include "emulator/services/secretsmanager/errors.h"

namespace backlot::secretsmanager {

/// The elements from NextToken on, MaxResults (`most`) of them, each as `show` has it; and the token of the next page.
/// Throws InvalidNextTokenException.
template <typename Element, typename Show>
std::pair<Json, std::optional<std::string>> page(const Fields& request, std::vector<Element>& all, std::int64_t most,
                                                 const Show& show) {
    auto page = kit::pageOf(request.optionalText("NextToken"),
                            static_cast<std::size_t>(std::min(request.valueOr("MaxResults", most), most)), all.size(),
                            AwsError("InvalidNextTokenException", "Invalid NextToken"));
    return {kit::elements(page, all, show), std::move(page.next)};
}

}  // namespace backlot::secretsmanager
