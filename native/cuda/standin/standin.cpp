#include <algorithm>
#include <random>
#include <vector>

#include "cuda_runtime.h"
#include "fiber.h"

namespace standin {
namespace {

constexpr int warp = 32;

enum class State { ready, at_barrier, in_exchange, done };

struct Thread {
    Fiber fiber;
    State state = State::ready;
    dim3 index;
    int barriers = 0;
    uint64_t given = 0;
    int from_lane = 0;
    uint64_t received = 0;
};

// Who touched a word of shared memory last, and in which epoch.
struct Touch {
    int writer = -1, writer_epoch = -1;
    int reader = -1, reader_epoch = -1;
    bool several_readers = false;
};

// Stacks stay from one block to the next.
struct Block {
    std::vector<Thread> threads;
    std::vector<unsigned char> shared;
    std::vector<Touch> touches;
    size_t count = 0;
    int epoch = 0;
    int running = -1;
    const std::function<void()>* kernel = nullptr;
};

Options chosen;
std::string first_error;
int64_t launched = 0;
Block block;

Thread& current() { return block.threads[size_t(block.running)]; }

void leave(State state) {
    Thread& thread = current();
    thread.state = state;
    thread.fiber.leave();
    threadIdx = thread.index;
}

[[noreturn]] void enter() {
    for (;;) {
        (*block.kernel)();
        leave(State::done);
    }
}

void resume(size_t thread) {
    block.running = int(thread);
    threadIdx = block.threads[thread].index;
    block.threads[thread].fiber.resume();
}

bool release_warps() {
    bool released = false;
    const size_t count = block.count;
    for (size_t first = 0; first < count; first += warp) {
        const size_t end = std::min(first + warp, count);
        size_t waiting = 0;
        for (size_t i = first; i < end; ++i) waiting += block.threads[i].state == State::in_exchange;
        if (waiting != end - first) continue;
        if (waiting != warp) {
            fail("a shuffle in a warp of " + std::to_string(waiting) + " threads");
            return false;
        }
        for (size_t i = first; i < end; ++i) {
            block.threads[i].received = block.threads[first + size_t(block.threads[i].from_lane)].given;
        }
        for (size_t i = first; i < end; ++i) block.threads[i].state = State::ready;
        released = true;
    }
    return released;
}

bool all_are(State state) {
    for (size_t i = 0; i < block.count; ++i) {
        if (block.threads[i].state != state) return false;
    }
    return true;
}

bool release_barrier() {
    if (!all_are(State::at_barrier)) return false;
    for (size_t i = 0; i < block.count; ++i) block.threads[i].state = State::ready;
    ++block.epoch;
    return true;
}

// Rounds in which those threads that can go on do so, in an order drawn anew each time; a quarter of the warps sits each round
// out, so that warps get ahead of each other.
void run_to_end(std::mt19937_64& random) {
    std::vector<size_t> ready;
    while (first_error.empty() && !all_are(State::done)) {
        ready.clear();
        bool someone = false;
        for (size_t first = 0; first < block.count; first += warp) {
            const bool sits_out = random() % 4 == 0;
            for (size_t i = first; i < std::min(first + warp, block.count); ++i) {
                if (block.threads[i].state != State::ready) continue;
                someone = true;
                if (!sits_out) ready.push_back(i);
            }
        }
        std::shuffle(ready.begin(), ready.end(), random);
        for (const size_t i : ready) resume(i);
        if (!someone && !release_warps() && !release_barrier() && first_error.empty()) {
            fail("some threads of a block wait where others never come");
        }
    }
}

void run_block(dim3 shape, size_t shared_bytes, const std::function<void()>& kernel, std::mt19937_64& random) {
    block.kernel = &kernel;
    block.epoch = 0;
    block.shared.assign(shared_bytes, 0xFF);  // NaN, whatever it is read as
    block.touches.assign(shared_bytes / sizeof(float) + 1, Touch{});
    block.count = size_t(shape.x) * shape.y * shape.z;
    if (block.threads.size() < block.count) block.threads.resize(block.count);
    for (size_t i = 0; i < block.count; ++i) {
        Thread& thread = block.threads[i];
        thread.state = State::ready;
        thread.barriers = 0;
        thread.index = dim3(unsigned(i) % shape.x, unsigned(i) / shape.x % shape.y, unsigned(i) / shape.x / shape.y);
        thread.fiber.start(enter);
    }
    run_to_end(random);
}

Touch& touch_of(const void* address) {
    return block.touches[size_t(static_cast<const unsigned char*>(address) - block.shared.data()) / sizeof(float)];
}

}

Options& options() { return chosen; }
const std::string& error() { return first_error; }
void reset() { first_error.clear(); }

void fail(const std::string& reason) {
    if (first_error.empty()) first_error = reason;
}

int64_t launches() { return launched; }

void run(dim3 grid, dim3 shape, size_t shared_bytes, const std::function<void()>& kernel) {
    ++launched;
    std::mt19937_64 random(chosen.seed);
    std::vector<unsigned> order(size_t(grid.x) * grid.y);
    for (size_t i = 0; i < order.size(); ++i) order[i] = unsigned(i);
    std::shuffle(order.begin(), order.end(), random);
    gridDim = grid;
    blockDim = shape;
    for (const unsigned i : order) {
        blockIdx = dim3(i % grid.x, i / grid.x);
        if (first_error.empty()) run_block(shape, shared_bytes, kernel, random);
    }
}

unsigned char* shared_memory() { return block.shared.data(); }
int thread() { return block.running; }
int epoch() { return block.epoch; }

void wait_for_block() {
    Thread& thread = current();
    if (thread.barriers++ == chosen.skipped_barrier) return;
    leave(State::at_barrier);
}

uint64_t exchange(uint64_t value, int from_lane) {
    Thread& thread = current();
    thread.given = value;
    thread.from_lane = from_lane;
    leave(State::in_exchange);
    return thread.received;
}

void note_read(const void* address, size_t) {
    Touch& touch = touch_of(address);
    if (touch.writer_epoch == block.epoch && touch.writer != block.running) {
        fail("shared memory is read by a thread while another writes it");
    }
    touch.several_readers = touch.reader_epoch == block.epoch && (touch.several_readers || touch.reader != block.running);
    touch.reader = block.running;
    touch.reader_epoch = block.epoch;
}

void note_write(const void* address, size_t) {
    Touch& touch = touch_of(address);
    const bool written = touch.writer_epoch == block.epoch && touch.writer != block.running;
    const bool read = touch.reader_epoch == block.epoch && (touch.several_readers || touch.reader != block.running);
    if (written || read) fail("shared memory is written by a thread while another uses it");
    touch.writer = block.running;
    touch.writer_epoch = block.epoch;
}

}
