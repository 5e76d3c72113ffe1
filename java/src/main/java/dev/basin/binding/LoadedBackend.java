package dev.basin.binding;

import dev.basin.kernel.Kernels;

/** A backend that is loaded and has passed its check. */
record LoadedBackend(String name, Kernels kernels, boolean takesHeapMemory, String isa, String origin) implements Backend {}
