package dev.basin.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The native library, opened and asked whether it is the one that this Basin was written for. It stays open for as long as
 * anything reaches {@link #symbols}.
 *
 * @param folder where it and its companions lie
 * @param symbols finds its functions
 * @param instructionSet the number of the instruction set in use
 * @param isa the name of the same
 */
@SuppressWarnings("restricted") // opening the library is what this is for
record NativeLibrary(LibraryFolder folder, SymbolLookup symbols, int instructionSet, String isa) {
    /** What {@code basin_abi_version} must answer; both are raised together with a declaration. */
    static final int ABI_VERSION = 4;

    private static final String ISA_PROPERTY = "basin.isa";

    /** Finds, verifies and opens the library, and chooses the instruction set that {@code basin.isa} asks for. */
    static NativeLibrary open() throws BackendUnavailableException {
        return open(ABI_VERSION);
    }

    static NativeLibrary open(int abiVersion) throws BackendUnavailableException {
        Platform platform = Platform.current();
        LibraryFolder folder = LibraryFolder.find(platform);
        Path file = folder.file("basin", platform);
        LibraryFormat.check(file, platform);
        SymbolLookup symbols = open(file);
        requireAbi(file, symbols, abiVersion);
        int instructionSet = select(symbols, System.getProperty(ISA_PROPERTY));
        return new NativeLibrary(folder, symbols, instructionSet, isaName(symbols, instructionSet));
    }

    /** Opens a library; it stays open for as long as anything reaches the lookup. */
    static SymbolLookup open(Path file) throws BackendUnavailableException {
        try {
            // Collected with the last handle into the library, so that a class loader takes it along.
            return SymbolLookup.libraryLookup(file, Arena.ofAuto());
        } catch (IllegalArgumentException refused) {
            throw new BackendUnavailableException(
                    file + " cannot be loaded: the system's loader refuses it as damaged or foreign", refused);
        } catch (IllegalCallerException denied) {
            throw new BackendUnavailableException("this JVM denies native access: start it with"
                    + " --enable-native-access=dev.basin, or ALL-UNNAMED on the class path", denied);
        }
    }

    private static void requireAbi(Path file, SymbolLookup symbols, int needed) throws BackendUnavailableException {
        Optional<MemorySegment> version = symbols.find("basin_abi_version");
        if (version.isEmpty()) {
            throw new BackendUnavailableException(file + " is not a Basin library");
        }
        int found = callInt(symbols, "basin_abi_version");
        if (found != needed) {
            throw new BackendUnavailableException(file + " belongs to another version of Basin: its interface is number "
                    + found + ", this version needs " + needed);
        }
    }

    /** Chooses an instruction set, or keeps the library's own choice. */
    static int select(SymbolLookup symbols, @Nullable String wanted) throws BackendUnavailableException {
        if (wanted == null) {
            return callInt(symbols, "basin_isa_selected");
        }
        int count = callInt(symbols, "basin_isa_count");
        List<String> names = new ArrayList<>();
        for (int isa = 0; isa < count; isa++) {
            names.add(isaName(symbols, isa));
        }
        int isa = names.indexOf(wanted);
        if (isa < 0) {
            throw new BackendUnavailableException(ISA_PROPERTY + " must be one of " + String.join(", ", names) + ", got " + wanted);
        }
        if (callInt(symbols, "basin_isa_supported", isa) == 0) {
            throw new BackendUnavailableException(ISA_PROPERTY + " asks for " + wanted + ", which this processor cannot run");
        }
        callInt(symbols, "basin_isa_select", isa);
        return isa;
    }

    private static String isaName(SymbolLookup symbols, int isa) {
        MethodHandle name = handle(symbols, "basin_isa_name", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        try {
            return ((MemorySegment) name.invokeExact(isa)).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private static int callInt(SymbolLookup symbols, String function) {
        try {
            return (int) handle(symbols, function, FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private static int callInt(SymbolLookup symbols, String function, int argument) {
        try {
            return (int) handle(symbols, function, FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(argument);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private static MethodHandle handle(SymbolLookup symbols, String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), type);
    }
}
