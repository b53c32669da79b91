#include "asl/language/reader.h"

namespace backlot::asl {

namespace {

constexpr std::size_t kLabelLimit = 40;
constexpr std::string_view kLabelForbidden = " ?*<>{}[]:;,\\|^~$#%&`\"";

/// Python's repr() of one character: the recorded refusals of a Label show it in that form.
std::string quotedCharacter(std::string_view utf8) {
    const auto byte = static_cast<unsigned char>(utf8[0]);
    if (utf8 == "\\") return "'\\\\'";
    if (utf8 == "'") return "\"'\"";
    if (utf8 == "\n") return "'\\n'";
    if (utf8 == "\t") return "'\\t'";
    if (utf8 == "\r") return "'\\r'";
    const unsigned code =
        utf8.size() == 2 ? ((byte & 0x1fu) << 6) | (static_cast<unsigned char>(utf8[1]) & 0x3fu) : byte;
    if (utf8.size() <= 2 && (code < 0x20 || (code >= 0x7f && code < 0xa0))) {
        constexpr char digits[] = "0123456789abcdef";
        return std::string("'\\x") + digits[code >> 4] + digits[code & 15] + "'";
    }
    return "'" + std::string(utf8) + "'";
}

/// What is wrong with a Label, or nothing.
/// Differs: perhaps; the recorded answers to a bad Label do not read like the others, and nothing better is known.
std::optional<std::string> labelProblem(std::string_view label) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < label.size(); ++characters) {
        const auto byte = static_cast<unsigned char>(label[i]);
        const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        const auto character = label.substr(i, length);
        const bool control = byte < 0x20 || byte == 0x7f ||
                             (byte == 0xc2 && length == 2 && static_cast<unsigned char>(label[i + 1]) < 0xa0);
        if (control || (length == 1 && kLabelForbidden.find(label[i]) != std::string_view::npos))
            return "Label contains invalid character: " + quotedCharacter(character);
        i += length;
    }
    if (characters > kLabelLimit) return "Label cannot exceed 40 characters";
    return std::nullopt;
}

}  // namespace

void Reader::map(const Json& definition, State& state, StateId id, const std::string& at) {
    state.map = std::make_unique<MapFields>();
    auto& map = *state.map;
    if (const Json* label = find(definition, "Label")) {
        if (auto text = fields_.string(*label, at + "/Label")) {
            if (auto problem = labelProblem(*text)) findings_.error(at + "/Label", std::move(*problem), kInvalidLabel);
            map.label = std::move(*text);
        }
    }
    const bool older = !find(definition, "ItemProcessor") && find(definition, "Iterator");
    const char* name = older ? "Iterator" : "ItemProcessor";
    const auto where = at + "/" + name;
    if (const Json* processor = find(definition, name)) {
        const Json* config = find(*processor, "ProcessorConfig");
        map.distributed = config && textOr(*config, "Mode", "INLINE") == "DISTRIBUTED";
        if (map.distributed) {
            map.childType = textOr(*config, "ExecutionType") == "EXPRESS" ? ChildType::express : ChildType::standard;
            if (!find(*config, "ExecutionType"))
                findings_.error(where + "/ProcessorConfig", "These fields are required: [ExecutionType]");
            if (options_.type == MachineType::express)
                findings_.error(at, "Express state machine does not support 'DISTRIBUTED' mode of a Map state");
        }
        map.processor = scope(*processor, where, id);
    } else {
        require(definition, {"ItemProcessor"}, at);
    }
    if (state.language == QueryLanguage::jsonata) {
        if (const Json* items = find(definition, "Items"))
            map.items = Field{"Items", fields_.payload(*items, state.language, at + "/Items")};
    } else if (const Json* path = find(definition, "ItemsPath")) {
        if (auto read = fields_.path(*path, at + "/ItemsPath")) {
            Template value;
            value.kind = Template::Kind::expression;
            value.expression = std::make_shared<const Expression>(std::move(*read));
            map.items = Field{"ItemsPath", std::move(value)};
        }
    }
    if (const Json* selector = find(definition, "ItemSelector")) {
        map.itemSelector = fields_.payload(*selector, state.language, at + "/ItemSelector");
    } else if (const Json* parameters = find(definition, "Parameters");
               parameters && state.language == QueryLanguage::jsonPath) {
        map.itemSelector = fields_.payload(*parameters, state.language, at + "/Parameters");
        map.itemSelectorIsParameters = true;
    }
    map.maxConcurrency = fields_.numberOrPath(definition, "MaxConcurrency", state.language, at, {});
    map.toleratedFailureCount =
        fields_.numberOrPath(definition, "ToleratedFailureCount", state.language, at, {.most = 1e15});
    map.toleratedFailurePercentage = fields_.numberOrPath(definition, "ToleratedFailurePercentage", state.language, at,
                                                          {.most = 100, .integer = false});
    mapReader(definition, state, map, at);
    mapBatcher(definition, state, map, at);
    mapWriter(definition, state, map, at);
    if (!map.distributed)
        for (const char* field : {"ItemReader", "ItemBatcher", "ResultWriter", "Label"})
            if (find(definition, field) && !find(definition, "Iterator"))
                findings_.warning(at + "/" + field,
                                  "The field '" + std::string(field) + "' is only used in DISTRIBUTED mode",
                                  "UNUSED_FIELD");
}

void Reader::mapReader(const Json& definition, const State& state, MapFields& map, const std::string& at) {
    const Json* value = find(definition, "ItemReader");
    if (!value) return;
    const auto where = at + "/ItemReader";
    auto found = resource(*value, where);
    if (!found) return;
    map.reader.emplace();
    map.reader->resource = std::move(*found);
    const char* parameters = state.language == QueryLanguage::jsonata ? "Arguments" : "Parameters";
    if (const Json* given = find(*value, parameters))
        map.reader->parameters = fields_.payload(*given, state.language, where + "/" + parameters);
    if (const Json* config = find(*value, "ReaderConfig")) {
        const auto own = where + "/ReaderConfig";
        map.reader->maxItems = fields_.numberOrPath(*config, "MaxItems", state.language, own, {.most = 1e15});
        Json rest(rapidjson::kObjectType);
        if (config->IsObject())
            for (const auto& member : config->GetObject())
                if (view(member.name) != "MaxItems" && view(member.name) != "MaxItemsPath")
                    set(rest, view(member.name), copy(member.value));
        map.reader->config = fields_.payload(rest, state.language, own);
    }
}

void Reader::mapBatcher(const Json& definition, const State& state, MapFields& map, const std::string& at) {
    const Json* value = find(definition, "ItemBatcher");
    if (!value) return;
    const auto where = at + "/ItemBatcher";
    map.batcher.emplace();
    map.batcher->maxItemsPerBatch =
        fields_.numberOrPath(*value, "MaxItemsPerBatch", state.language, where, {.least = 1, .most = 1e15});
    map.batcher->maxInputBytesPerBatch =
        fields_.numberOrPath(*value, "MaxInputBytesPerBatch", state.language, where, {.least = 1, .most = 262'144});
    if (const Json* input = find(*value, "BatchInput"))
        map.batcher->batchInput = fields_.payload(*input, state.language, where + "/BatchInput");
}

void Reader::mapWriter(const Json& definition, const State& state, MapFields& map, const std::string& at) {
    const Json* value = find(definition, "ResultWriter");
    if (!value) return;
    const auto where = at + "/ResultWriter";
    map.writer.emplace();
    if (find(*value, "Resource")) {  // WriterConfig may stand alone: it shapes the output
        auto found = resource(*value, where);
        if (found) map.writer->resource = std::move(*found);
    }
    const char* parameters = state.language == QueryLanguage::jsonata ? "Arguments" : "Parameters";
    if (const Json* given = find(*value, parameters))
        map.writer->parameters = fields_.payload(*given, state.language, where + "/" + parameters);
    if (const Json* config = find(*value, "WriterConfig"))
        map.writer->config = fields_.payload(*config, state.language, where + "/WriterConfig");
}

}  // namespace backlot::asl
