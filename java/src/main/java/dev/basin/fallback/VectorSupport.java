package dev.basin.fallback;

/** Whether the Vector API can be used; nothing here touches it, so that this class loads without it. */
final class VectorSupport {
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private VectorSupport() {}

    static boolean isPresent() {
        return PRESENT;
    }

    static String description() {
        return PRESENT
                ? "Vector API"
                : "plain loops; --add-modules jdk.incubator.vector makes exponentials several times faster";
    }
}
