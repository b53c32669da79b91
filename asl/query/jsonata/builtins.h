#pragma once
// The implementations behind the table in functions.cpp, by group. Undefined for undefined is the rule: what differs
// says so.

#include "asl/query/jsonata/functions.h"

namespace backlot::asl::jsonata {

// builtins_text.cpp
Value string(const Call&);
Value substring(const Call&);
Value substringBefore(const Call&);
Value substringAfter(const Call&);
Value lowercase(const Call&);
Value uppercase(const Call&);
Value length(const Call&);
Value trim(const Call&);
Value pad(const Call&);
Value match(const Call&);
Value contains(const Call&);
Value replace(const Call&);
Value split(const Call&);
Value join(const Call&);
Value base64encode(const Call&);
Value base64decode(const Call&);
Value encodeUrl(const Call&);
Value encodeUrlComponent(const Call&);
Value decodeUrl(const Call&);
Value decodeUrlComponent(const Call&);

// builtins_number.cpp
Value number(const Call&);
Value abs(const Call&);
Value floor(const Call&);
Value ceil(const Call&);
Value round(const Call&);
Value power(const Call&);
Value sqrt(const Call&);
Value formatNumber(const Call&);
Value formatBase(const Call&);
Value formatInteger(const Call&);
Value parseInteger(const Call&);
Value sum(const Call&);
Value max(const Call&);
Value min(const Call&);
Value average(const Call&);
Value boolean(const Call&);
Value not_(const Call&);
Value exists(const Call&);

// builtins_array.cpp
Value count(const Call&);
Value append(const Call&);
Value sort(const Call&);
Value reverse(const Call&);
Value shuffle(const Call&);
Value distinct(const Call&);
Value zip(const Call&);
Value map(const Call&);
Value filter(const Call&);
Value single(const Call&);
Value reduce(const Call&);

// builtins_object.cpp
Value keys(const Call&);
Value lookup(const Call&);
Value spread(const Call&);
Value merge(const Call&);
Value sift(const Call&);
Value each(const Call&);
Value clone(const Call&);
Value error(const Call&);
Value assert_(const Call&);
Value type(const Call&);

// builtins_date.cpp
Value now(const Call&);
Value millis(const Call&);
Value fromMillis(const Call&);
Value toMillis(const Call&);

// builtins_aws.cpp: what Step Functions adds
Value partition(const Call&);
Value range(const Call&);
Value hash(const Call&);
Value random(const Call&);
Value uuid(const Call&);
Value parse(const Call&);

}  // namespace backlot::asl::jsonata
