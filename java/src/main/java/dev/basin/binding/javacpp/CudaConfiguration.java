package dev.basin.binding.javacpp;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;

/** The same for the device's kernels and what they need of the CUDA runtime; addresses may be the device's. */
@Properties(
        value = @Platform(link = "basin_cuda", library = "jnibasin_cuda"),
        target = "dev.basin.binding.javacpp.CudaFunctions",
        global = "dev.basin.binding.javacpp.CudaFunctions")
public class CudaConfiguration extends BasinConfiguration {
    @Override
    public void map(InfoMap infoMap) {
        super.map(infoMap);
        // JavaCPP would pass the address of a copy of an address of an address, and the result would be lost.
        declare(infoMap, "basin_cuda_allocate", "@Cast(\"int64_t\") long bytes, @Cast(\"void**\") long memory");
        declare(infoMap, "basin_cuda_allocate_pinned", "@Cast(\"int64_t\") long bytes, @Cast(\"void**\") long memory");
        declare(infoMap, "basin_cuda_stream_create", "@Cast(\"void**\") long stream");
        declare(infoMap, "basin_cuda_event_create", "@Cast(\"void**\") long event");
    }

    private static void declare(InfoMap infoMap, String function, String parameters) {
        infoMap.put(new Info(function).javaText(
                "public static native @Cast(\"int32_t\") int " + function + "(" + parameters + ");"));
    }
}
