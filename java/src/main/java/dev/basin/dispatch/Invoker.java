package dev.basin.dispatch;

/** Calls one kernel of a backend with the arguments of a {@link Call} on a part of the range; a class is spun for each kernel. */
public abstract class Invoker {
    protected abstract void invoke(Call call, long begin, long end);
}
