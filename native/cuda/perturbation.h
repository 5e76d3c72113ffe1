// What makes the perturbation of SAM on the device, where its norm and its factor may lie.
#pragma once

#include "formula/sharpness.h"
#include "elementwise.h"

namespace basin::inline BASIN_ISA {

struct MakePerturbation {
    double rho;
    const double* norm;
    double scale;
    const float* factor;
    bool adaptive;
    double eta;

    __device__ Perturbation operator()() const { return {rho, *norm, folded(scale, factor), adaptive, eta}; }
};

}
