package dev.basin.samples.cuda;

import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaSuccess;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.DeviceMemory;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import dev.basin.samples.ReferenceStep;
import dev.basin.samples.SampleRun;
import java.util.List;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** A training step in memory and in a stream that JavaCPP's CUDA presets made. */
public final class CudaSample {
    private static final long SIZE = (long) ReferenceStep.ROWS * ReferenceStep.CLASSES;

    private CudaSample() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        System.exit(SampleRun.of("the CUDA presets", CudaSample::run, System.out));
    }

    private static String run() {
        CUstream_st stream = new CUstream_st();
        require(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
        try {
            return train(stream, new ReferenceStep(1));
        } finally {
            require(cudaStreamDestroy(stream));
        }
    }

    private static String train(CUstream_st stream, ReferenceStep reference) {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("cuda").cudaStream(stream.address()));
                Allocation logitMemory = Allocation.of(stream, SIZE * Float.BYTES);
                Allocation gradientMemory = Allocation.of(stream, SIZE * Float.BYTES);
                Allocation targetMemory = Allocation.of(stream, (long) ReferenceStep.ROWS * Integer.BYTES)) {
            logitMemory.copyFrom(new FloatPointer(reference.logits()));
            targetMemory.copyFrom(new IntPointer(reference.targets()));
            Tensor logits = logitMemory.tensor(basin, DataType.F32, ReferenceStep.ROWS, ReferenceStep.CLASSES);
            Tensor gradient = gradientMemory.tensor(basin, DataType.F32, ReferenceStep.ROWS, ReferenceStep.CLASSES);
            Tensor targets = targetMemory.tensor(basin, DataType.I32, ReferenceStep.ROWS);

            double loss = new CrossEntropy().meanDivisor(ReferenceStep.ROWS).forwardBackward(basin, logits, targets, gradient);
            AdamW.over(basin, List.of(logits), AdamW.Options.defaults())
                    .step(Gradients.of(List.of(gradient)), ReferenceStep.LEARNING_RATE);

            return "cudaMalloc's memory at 0x" + Long.toHexString(logitMemory.pointer().address()) + " in the stream 0x"
                    + Long.toHexString(stream.address()) + " on " + basin.isa() + ": "
                    + reference.compare(loss, gradientMemory.floats(), logitMemory.floats());
        }
    }

    /** Memory of the device, whose copies are made in the stream. */
    private record Allocation(CUstream_st stream, Pointer pointer, long bytes) implements AutoCloseable {
        static Allocation of(CUstream_st stream, long bytes) {
            Pointer pointer = new Pointer();
            require(cudaMalloc(pointer, bytes));
            return new Allocation(stream, pointer, bytes);
        }

        Tensor tensor(Basin basin, DataType type, long... shape) {
            return DeviceMemory.at(basin, pointer.address(), bytes).tensor(type, shape);
        }

        void copyFrom(Pointer host) {
            require(cudaMemcpyAsync(pointer, host, bytes, cudaMemcpyHostToDevice, stream));
            require(cudaStreamSynchronize(stream));
        }

        float[] floats() {
            float[] numbers = new float[Math.toIntExact(bytes / Float.BYTES)];
            try (FloatPointer host = new FloatPointer(numbers.length)) {
                require(cudaMemcpyAsync(host, pointer, bytes, cudaMemcpyDeviceToHost, stream));
                require(cudaStreamSynchronize(stream));
                host.get(numbers);
            }
            return numbers;
        }

        @Override
        public void close() {
            require(cudaFree(pointer));
        }
    }

    private static void require(int error) {
        if (error != cudaSuccess) {
            throw new IllegalStateException("CUDA failed: " + cudaGetErrorString(error).getString());
        }
    }
}
