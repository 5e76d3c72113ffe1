package dev.basin.binding.javacpp;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * Tells JavaCPP how to read the headers, whose list the build gives it: every pointer becomes an address in a {@code long},
 * which crosses in half the time of a JavaCPP {@code Pointer} and needs no object.
 */
@Properties(
        value = @Platform(link = "basin", library = "jnibasin"),
        target = "dev.basin.binding.javacpp.BasinFunctions",
        global = "dev.basin.binding.javacpp.BasinFunctions")
public class BasinConfiguration implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("BASIN_EXPORT").cppTypes().annotations());
        infoMap.put(new Info("void").cast().valueTypes("void").pointerTypes("long"));
        infoMap.put(new Info("char").cast().valueTypes("byte").pointerTypes("long"));
        infoMap.put(new Info("int32_t").cast().valueTypes("int").pointerTypes("long"));
        infoMap.put(new Info("int64_t").cast().valueTypes("long").pointerTypes("long"));
        infoMap.put(new Info("float").cast().valueTypes("float").pointerTypes("long"));
        infoMap.put(new Info("double").cast().valueTypes("double").pointerTypes("long"));
    }
}
