#pragma once
// The implementations behind the table in functions.cpp, by group. Undefined for undefined is the rule: what differs
// says so.

#include "asl/query/jsonata/functions.h"

namespace backlot::asl::jsonata {

// builtins_text.cpp
Value string(const BuiltinCall&);
Value substring(const BuiltinCall&);
Value substringBefore(const BuiltinCall&);
Value substringAfter(const BuiltinCall&);
Value lowercase(const BuiltinCall&);
Value uppercase(const BuiltinCall&);
Value length(const BuiltinCall&);
Value trim(const BuiltinCall&);
Value pad(const BuiltinCall&);
Value match(const BuiltinCall&);
Value contains(const BuiltinCall&);
Value replace(const BuiltinCall&);
Value split(const BuiltinCall&);
Value join(const BuiltinCall&);
Value base64encode(const BuiltinCall&);
Value base64decode(const BuiltinCall&);
Value encodeUrl(const BuiltinCall&);
Value encodeUrlComponent(const BuiltinCall&);
Value decodeUrl(const BuiltinCall&);
Value decodeUrlComponent(const BuiltinCall&);

// builtins_number.cpp
Value number(const BuiltinCall&);
Value abs(const BuiltinCall&);
Value floor(const BuiltinCall&);
Value ceil(const BuiltinCall&);
Value round(const BuiltinCall&);
Value power(const BuiltinCall&);
Value sqrt(const BuiltinCall&);
Value formatNumber(const BuiltinCall&);
Value formatBase(const BuiltinCall&);
Value formatInteger(const BuiltinCall&);
Value parseInteger(const BuiltinCall&);
Value sum(const BuiltinCall&);
Value max(const BuiltinCall&);
Value min(const BuiltinCall&);
Value average(const BuiltinCall&);
Value boolean(const BuiltinCall&);
Value not_(const BuiltinCall&);
Value exists(const BuiltinCall&);

// builtins_array.cpp
Value count(const BuiltinCall&);
Value append(const BuiltinCall&);
Value sort(const BuiltinCall&);
Value reverse(const BuiltinCall&);
Value shuffle(const BuiltinCall&);
Value distinct(const BuiltinCall&);
Value zip(const BuiltinCall&);
Value map(const BuiltinCall&);
Value filter(const BuiltinCall&);
Value single(const BuiltinCall&);
Value reduce(const BuiltinCall&);

// builtins_object.cpp
Value keys(const BuiltinCall&);
Value lookup(const BuiltinCall&);
Value spread(const BuiltinCall&);
Value merge(const BuiltinCall&);
Value sift(const BuiltinCall&);
Value each(const BuiltinCall&);
Value clone(const BuiltinCall&);
Value error(const BuiltinCall&);
Value assert_(const BuiltinCall&);
Value type(const BuiltinCall&);

// builtins_date.cpp
Value now(const BuiltinCall&);
Value millis(const BuiltinCall&);
Value fromMillis(const BuiltinCall&);
Value toMillis(const BuiltinCall&);

// builtins_aws.cpp: what Step Functions adds
Value partition(const BuiltinCall&);
Value range(const BuiltinCall&);
Value hash(const BuiltinCall&);
Value random(const BuiltinCall&);
Value uuid(const BuiltinCall&);
Value parse(const BuiltinCall&);

}  // namespace backlot::asl::jsonata
