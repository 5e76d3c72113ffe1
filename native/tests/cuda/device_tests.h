// What the native tests need to run on the device's kernels instead of the CPU's: their memory where kernels reach it, and an
// end to each call. On the stand-in that is any memory.
#pragma once

void finish();                        // waits for the kernel, and ends the test if it failed
const float* staged(const float* factor);  // one number that may lie on the test's stack
