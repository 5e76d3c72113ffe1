// A function on a stack of its own, which it can leave and be resumed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace standin {

class Fiber {
public:
    // The entry never returns; whatever ran on this stack before is forgotten.
    void start(void (*entry)());
    void resume();  // from outside, until it leaves
    void leave();   // from inside, back to where it was resumed

private:
    std::unique_ptr<unsigned char[]> stack;
    void* inside = nullptr;   // stack pointers of the side that waits
    void* outside = nullptr;
};

}
