#pragma once
// What is looked at of a request while an operation runs, so that a test notices a member that no code reads. Only the
// build type Debug watches (BACKLOT_WATCHES_READING, CMakeLists.txt); in all others nothing of it is left.
//
// json.h tells it: a member that somebody asks for by its name has been asked for, and the object around it is one that
// is read by name; what is copied, written or handed out by Fields::json() is taken whole, with all that is in it.

#ifdef BACKLOT_WATCHES_READING
#include <unordered_map>
#endif

namespace backlot {

#ifdef BACKLOT_WATCHES_READING
inline constexpr bool kWatchesReading = true;

/// While it lives, it is what readings on this thread are told to. A value is known by its address.
class Reading {
public:
    Reading() : before_(current_) { current_ = this; }
    ~Reading() { current_ = before_; }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    bool isAsked(const void* member) const { return has(member, asked_); }
    /// Its members are read one by one: those that nobody asked for are read by nobody.
    bool isByName(const void* value) const { return has(value, byName_) && !has(value, whole_); }

    static void asked(const void* member) { mark(member, asked_); }
    static void byName(const void* value) { mark(value, byName_); }
    static void whole(const void* value) { mark(value, whole_); }

private:
    enum Mark : unsigned { asked_ = 1, byName_ = 2, whole_ = 4 };
    static void mark(const void* value, Mark mark) {
        if (current_) current_->marks_[value] |= mark;
    }
    bool has(const void* value, Mark mark) const {
        const auto found = marks_.find(value);
        return found != marks_.end() && found->second & mark;
    }
    static inline thread_local Reading* current_ = nullptr;
    Reading* before_;
    std::unordered_map<const void*, unsigned> marks_;
};
#else
inline constexpr bool kWatchesReading = false;

class Reading {
public:
    bool isAsked(const void*) const { return true; }
    bool isByName(const void*) const { return false; }
    static void asked(const void*) {}
    static void byName(const void*) {}
    static void whole(const void*) {}
};
#endif

}  // namespace backlot
