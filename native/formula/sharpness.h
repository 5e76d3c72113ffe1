// The perturbation of SAM (arXiv 2010.01412, equation 2) and ASAM (arXiv 2102.11600, equation 4), and its inverse.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// e = ascent T^2 g, T = |w| + eta or 1.
struct Perturbation {
    // A norm near f32's largest makes an ascent that f32 holds in few bits: then a part of it goes to the gradient.
    static constexpr double least_ascent = 0x1p-100, held_back = 0x1p-64;

    float gradient_factor;  // to multiply gradients by as they are read
    float ascent;           // the rest of rho scale / (norm + 1e-12); 0 for no perturbation
    float eta;
    bool adaptive;

    BASIN_HD Perturbation(double rho, double norm, double scale, bool is_adaptive, double offset)
        : gradient_factor(1.0f), ascent(0.0f), eta(float(offset)), adaptive(is_adaptive) {
        const double whole = norm > 0.0 && isfinite(norm) ? rho * scale / (norm + 1e-12) : 0.0;
        const bool is_small = fabs(whole) < least_ascent;
        gradient_factor = is_small ? float(held_back) : 1.0f;
        ascent = float(is_small ? whole / held_back : whole);
    }

    BASIN_HD bool is_zero() const { return ascent == 0.0f; }

    template <class T>
    BASIN_HD T perturbed(T w, T g) const {
        const T along = T(ascent) * g;
        if (!adaptive) return w + along;
        const T scale = max(w, -w) + T(eta);
        return fma(along * scale, scale, w);
    }

    // Solves w + a (|w| + eta)^2 = perturbed for w, with a = ascent g. While |a T| < 1/2 the left side rises with w, so w
    // has the sign of perturbed - a eta^2. With that sign taken out, a T^2 + T = |perturbed| + eta, and T is the root that
    // is small with the right side.
    template <class T>
    BASIN_HD T undone(T perturbed, T g) const {
        const T a = T(ascent) * g;
        if (!adaptive) return perturbed - a;
        const auto is_negative = perturbed < a * T(eta) * T(eta);
        const T side = select(is_negative, -perturbed, perturbed) + T(eta);
        const T curvature = select(is_negative, -a, a);
        const T scale = (side + side) / (T(1.0f) + sqrt(max(fma(T(4.0f) * curvature, side, T(1.0f)), T(0.0f))));
        return fma(-a * scale, scale, perturbed);
    }
};

}
