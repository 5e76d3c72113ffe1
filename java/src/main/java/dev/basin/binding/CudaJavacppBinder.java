package dev.basin.binding;

import java.lang.classfile.CodeBuilder;
import java.lang.foreign.MemorySegment;

/** Binds to the device's kernels by JNI: {@code basin_cuda_<name>}, with the stream in front. */
final class CudaJavacppBinder extends FamilyBinder {
    private final String functions;
    private final MemorySegment stream;

    /**
     * @param functions the class that JavaCPP made
     * @param stream where kernels are launched; the address 0 is the default stream
     */
    CudaJavacppBinder(String functions, MemorySegment stream) {
        this.functions = functions;
        this.stream = stream;
    }

    @Override
    Object classData() {
        return functions;
    }

    @Override
    void emit(CodeBuilder code, KernelMethod kernel) {
        code.loadConstant(stream.address());
        JavacppBinder.call(code, kernel, functions, kernel.symbolOnDevice(), 1);
    }
}
