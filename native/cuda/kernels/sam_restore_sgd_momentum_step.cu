#include "formula/sgd_momentum.h"

#include "kernels.h"
#include "perturbation.h"

namespace basin::inline BASIN_ISA {

struct NotMoved {
    __device__ float operator()(float w) const { return w; }
};

struct Saved {
    __device__ float operator()(float, float saved) const { return saved; }
};

struct Undone {
    Perturbation by;

    __device__ float operator()(float w, float g) const { return by.is_zero() ? w : by.undone(w, g * by.gradient_factor); }
};

struct MakeUndone {
    MakePerturbation make;

    __device__ Undone operator()() const { return {make()}; }
};

// The weight is restored from what follows the gradient, and then stepped; the momentum buffer, if any, is last.
template <class Restore>
struct RestoredStep {
    Restore restore;
    SgdMomentum sgd;

    __device__ void operator()(float& w, float g) const {
        w = restore(w);
        sgd(w, g);
    }
    __device__ void operator()(float& w, float g, float& third) const {
        if constexpr (std::is_invocable_v<const Restore&, float>) {
            w = restore(w);
            sgd(w, g, third);
        } else {
            w = restore(w, third);
            sgd(w, g);
        }
    }
    __device__ void operator()(float& w, float g, float from, float& momentum) const {
        w = restore(w, from);
        sgd(w, g, momentum);
    }
};

template <class MakeRestore>
struct MakeStep {
    MakeRestore make;
    SgdMomentum sgd;

    __device__ auto operator()() const { return RestoredStep<decltype(make())>{make(), sgd}; }
};

template <class MakeRestore, class... From>
void restored_step(
    void* stream, int64_t begin, int64_t end, MakeRestore make, SgdMomentum sgd, float* weights, ReadScaled g,
    void* momentum_buffer, From... from) {
    const ReadWrite w{BASIN_F32, weights};
    if (momentum_buffer == nullptr) {
        elementwise_made(stream, begin, end, MakeStep<MakeRestore>{make, sgd}, w, g, from...);
    } else {
        elementwise_made(
            stream, begin, end, MakeStep<MakeRestore>{make, sgd}, w, g, from..., ReadWrite{BASIN_F32, momentum_buffer});
    }
}

void sam_restore_sgd_momentum_step(
    void* stream, int32_t, void* weights, const void* saved_weights, int32_t, const void* ascent_gradients,
    const double* norm, const float* ascent_factor,
    int32_t, const void* gradients, int32_t, void* momentum_buffer, const float* grad_factor,
    int64_t begin, int64_t end, double rho, int32_t adaptive, double eta, double ascent_scale,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step) {
    const SgdMomentum sgd(learning_rate, momentum, dampening, nesterov != 0, weight_decay, step == 1);
    float* const w = static_cast<float*>(weights);
    const ReadScaled g{BASIN_F32, gradients, grad_scale, grad_factor};
    if (saved_weights != nullptr) {
        restored_step(stream, begin, end, Made<Saved>{}, sgd, w, g, momentum_buffer, Read{BASIN_F32, saved_weights});
    } else if (ascent_gradients == nullptr) {
        restored_step(stream, begin, end, Made<NotMoved>{}, sgd, w, g, momentum_buffer);
    } else {
        restored_step(
            stream, begin, end, MakeUndone{{rho, norm, ascent_scale, ascent_factor, adaptive != 0, eta}}, sgd, w, g,
            momentum_buffer, Read{BASIN_F32, ascent_gradients});
    }
}

}
