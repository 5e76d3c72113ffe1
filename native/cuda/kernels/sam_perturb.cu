#include "kernels.h"
#include "perturbation.h"

namespace basin::inline BASIN_ISA {

// A perturbation of 0 leaves the weights alone, also where a gradient is infinite.
struct Perturb {
    Perturbation by;

    __device__ void operator()(float& w, float g) const {
        if (!by.is_zero()) w = by.perturbed(w, g * by.gradient_factor);
    }
    __device__ void operator()(float& w, float g, float& saved) const {
        saved = w;
        (*this)(w, g);
    }
};

struct MakePerturb {
    MakePerturbation make;

    __device__ Perturb operator()() const { return {make()}; }
};

void sam_perturb(
    void* stream, int32_t weights_type, void* weights, void* saved_weights, int32_t gradients_type, const void* gradients,
    const double* norm, const float* grad_factor, int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double grad_scale) {
    const MakePerturb make{{rho, norm, grad_scale, grad_factor, adaptive != 0, eta}};
    const ReadWrite w{weights_type, weights};
    const Read g{gradients_type, gradients};
    if (saved_weights == nullptr) {
        elementwise_made(stream, begin, end, make, w, g);
    } else {
        elementwise_made(stream, begin, end, make, w, g, Write{weights_type, saved_weights});
    }
}

}

void basin_cuda_sam_perturb_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const double* norm, const float* grad_factor,
    int32_t saved, double rho, int32_t adaptive, double eta, double grad_scale) {
    using namespace basin;
    const MakePerturb make{{rho, norm, grad_scale, grad_factor, adaptive != 0, eta}};
    const TensorTable tensors{table, rows, blocks};
    const Column<ReadWrite> w{0, 1};
    const Column<Read> g{3, 4};
    if (saved == 0) {
        elementwise_many_made(stream, tensors, make, w, g);
    } else {
        elementwise_many_made(stream, tensors, make, w, g, Column<Write>{0, 2});
    }
}
