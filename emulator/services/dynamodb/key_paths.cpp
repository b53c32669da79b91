#include "emulator/services/dynamodb/key_paths.h"

#include "emulator/services/dynamodb/errors.h"

namespace backlot::dynamodb {
namespace {

using namespace expressions;

class Check {
public:
    Check(const TableInfo& table, const Bound& bound) : table_(table), bound_(bound) {}

    void path(const Path& path) const {
        if (path.size() < 2) return;
        const auto name = bound_.nameOf(path[0]);
        const bool ofTable = table_.key.contains(name);
        if (!ofTable && !table_.isKeyAttribute(name)) return;
        throw validation(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
            std::string(ofTable ? "Key: " : "IndexKey: ") + std::string(name));
    }
    void operand(const Operand& operand) const {
        if (operand.kind == Operand::Kind::path) path(operand.path);
        for (const auto& part : operand.operands) this->operand(part);
    }
    void condition(const Condition& condition) const {
        for (const auto& part : condition.conditions) this->condition(part);
        for (const auto& part : condition.operands) operand(part);
    }
    void update(const Update& update) const {
        for (const auto* section : {&update.set, &update.remove_, &update.add, &update.delete_}) {
            for (const auto& assignment : *section) {
                path(assignment.path);
                operand(assignment.value);
            }
        }
    }

private:
    const TableInfo& table_;
    const Bound& bound_;
};

}  // namespace

void requireScalarKeys(const TableInfo& table, const std::optional<Bound>& expression) {
    if (!expression) return;
    const Check check(table, *expression);
    if (expression->expression->condition) check.condition(expression->condition());
    check.update(expression->update());
    for (const auto& path : expression->projection()) check.path(path);
}

}  // namespace backlot::dynamodb
