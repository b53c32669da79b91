#pragma once
// Signatures of functions: `<s-nn?:s>`.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asl/query/jsonata/value.h"

namespace backlot::asl::jsonata {

/// Checks the arguments of a call and puts in what the context gives. Source: docs.jsonata.org, "Function signature
/// syntax".
class Signature {
public:
    /// `text` with its angle brackets; `position` is where it stands in the expression. Throws Failure (S0401, S0402).
    explicit Signature(std::string_view text, int position = -1);

    /// The arguments as the function gets them: the context put in where a parameter takes it, single values made
    /// arrays where an array is wanted. Throws Failure (T0410, T0411, T0412), without the function's name.
    std::span<Value> check(std::span<Value> arguments, const Value& context, Arena& arena) const;

private:
    struct Parameter {
        std::string letters;  ///< the types it takes, in letters of the signature; m is "missing"
        char type = '\0';     ///< its letter, ( for a choice
        bool optional = false, repeated = false;
        bool fromContext = false;
        std::string subtype;  ///< of an array's items
        bool takes(char letter) const { return letters.find(letter) != std::string::npos; }
    };
    bool match(std::string_view given, std::size_t parameter, std::size_t from, std::vector<std::size_t>& taken,
               std::size_t parameterEnd, bool toTheEnd) const;
    [[noreturn]] void refuse(std::span<Value> arguments, std::string_view given) const;
    Value checkedArray(const Parameter& parameter, const Value& argument, std::size_t index, bool several,
                       Arena& arena) const;
    std::vector<Parameter> parameters_;
};

}  // namespace backlot::asl::jsonata
