#include "fiber.h"

#if !defined(__x86_64__) || !defined(__linux__)
#error "the stand-in switches stacks by code for Linux on x86-64"
#endif

// Saves what a function must keep, changes the stack, restores. swapcontext would ask the kernel for the signal mask twice.
extern "C" void standin_switch(void** from, void* to);
asm(R"(
    .text
    .globl standin_switch
    .hidden standin_switch
    .type standin_switch, @function
standin_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size standin_switch, . - standin_switch
)");

namespace standin {

constexpr size_t stack_bytes = 128 * 1024;

void Fiber::start(void (*entry)()) {
    constexpr int saved_registers = 6;
    if (stack == nullptr) stack = std::make_unique_for_overwrite<unsigned char[]>(stack_bytes);
    const uintptr_t top = (reinterpret_cast<uintptr_t>(stack.get()) + stack_bytes) & ~uintptr_t(15);
    uintptr_t* const frame = reinterpret_cast<uintptr_t*>(top) - 2;  // as a call would have aligned it
    *frame = reinterpret_cast<uintptr_t>(entry);
    inside = frame - saved_registers;
}

void Fiber::resume() { standin_switch(&outside, inside); }
void Fiber::leave() { standin_switch(&inside, outside); }

}
