#pragma once
// Errors on their way out of the compiler and the evaluator.

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backlot::asl::jsonata {

/// Thrown inside this folder only; Jsonata turns it into a JsonataError. The fields fill the template of `code`'s
/// message; they are JSON text already, so that a string shows with its quotes. The innermost call that knows its name
/// fills in the token, and the innermost node its position.
class Failure : public std::exception {
public:
    explicit Failure(const char* code, int position = -1) : code_(code), position_(position) {}

    /// A field of the template: with("value", R"("x")").
    Failure&& with(std::string_view field, std::string json) && {
        fields_.emplace_back(field, std::move(json));
        return std::move(*this);
    }
    /// A field that is plain text, shown in quotes.
    Failure&& withText(std::string_view field, std::string_view text) &&;

    const char* what() const noexcept override { return code_; }
    std::string_view code() const { return code_; }
    int position() const { return position_; }
    const std::string* field(std::string_view name) const;
    void fillPosition(int position) {
        if (position_ < 0) position_ = position;
    }
    void fillToken(std::string_view token);  // nothing for a function without a name
    /// Names another place than the innermost one.
    void blame(std::string_view token, int position);
    /// The template of the code with its fields put in.
    std::string message() const;

private:
    const char* code_;
    int position_;
    std::vector<std::pair<std::string_view, std::string>> fields_;  // names are literals
};

/// The expression gave a function, or something that holds one.
struct UnsupportedResult {};

/// Codes of the limits; JSONata's own test suite gives both to programs that do not end.
inline constexpr const char* kLimitCode = "U1001";
[[noreturn]] void failTooDeep();
[[noreturn]] void failTooLong();
[[noreturn]] void failTooLarge();

}  // namespace backlot::asl::jsonata
