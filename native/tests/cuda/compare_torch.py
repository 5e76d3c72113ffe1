#!/usr/bin/env python3
"""Basin's CUDA kernels beside PyTorch's, on PyTorch's own tensors and stream: the same numbers, then the time of each.

Usage: compare_torch.py LIBBASIN_CUDA
"""
import ctypes
import statistics
import sys

import torch
import torch.nn.functional as F

F32, BF16 = 0, 1
library = ctypes.CDLL(sys.argv[1])


def pointer(tensor):
    return ctypes.c_void_p(0 if tensor is None else tensor.data_ptr())


def call(kernel, *arguments):
    """Tensors, None, ints (64 bits), ("i32", n) and floats, in the C function's order."""
    converted = [ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)]
    for argument in arguments:
        if argument is None or isinstance(argument, torch.Tensor):
            converted.append(pointer(argument))
        elif isinstance(argument, tuple):
            converted.append(ctypes.c_int32(argument[1]))
        elif isinstance(argument, float):
            converted.append(ctypes.c_double(argument))
        else:
            converted.append(ctypes.c_int64(argument))
    getattr(library, "basin_cuda_" + kernel)(*converted)


def i32(number):
    return ("i32", number)


def type_of(tensor):
    return i32(BF16 if tensor.dtype == torch.bfloat16 else F32)


def milliseconds(run, prepare=lambda: None, measurements=15):
    times = []
    for _ in range(3):
        prepare()
        run()
    for _ in range(measurements):
        prepare()
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        run()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def agree(what, got, expected, tolerance):
    error = (got.float() - expected.float()).norm() / expected.float().norm()
    if not error <= tolerance:
        raise SystemExit(f"{what}: off by {error:.2e}, {tolerance:.0e} allowed")


def row(what, basin, **peers):
    others = "  ".join(f"{name} {time:8.3f} ms ({time / basin:.2f}x)" for name, time in peers.items())
    print(f"{what:44} basin {basin:8.3f} ms  {others}", flush=True)


def cross_entropy(rows, classes, dtype):
    torch.manual_seed(1)
    logits = torch.randn(rows, classes, device="cuda").to(dtype)
    targets = torch.randint(classes, (rows,), device="cuda", dtype=torch.int32)
    long_targets = targets.long()
    losses = torch.empty(rows, device="cuda")
    gradient = torch.empty_like(logits)

    def basin(into):
        call("cross_entropy_forward_backward", type_of(logits), logits, classes, targets, i32(F32), None, None, i32(F32),
             losses, None, None, type_of(logits), into, classes, None, 0, rows, classes, 1.0, 0.0, 0.0, 1.0 / rows, i32(-100))

    def autograd(loss):
        x = logits.detach().requires_grad_()
        value = loss(x, long_targets)
        value.backward()
        return value, x.grad

    basin(gradient)
    value, expected = autograd(F.cross_entropy)
    agree("loss", losses.mean(), value, 1e-5 if dtype == torch.float32 else 4e-3)
    agree("gradient", gradient, expected, 1e-5 if dtype == torch.float32 else 4e-3)
    compiled = torch.compile(F.cross_entropy)
    autograd(compiled)
    kept = logits.clone()
    row(f"cross_entropy {rows} x {classes} {str(dtype)[6:]}",
        milliseconds(lambda: basin(logits), lambda: logits.copy_(kept)),
        torch=milliseconds(lambda: autograd(F.cross_entropy)), compiled=milliseconds(lambda: autograd(compiled)))


def layer_norm(rows, width, dtype):
    torch.manual_seed(1)
    x, dy = (torch.randn(rows, width, device="cuda").to(dtype) for _ in range(2))
    gamma, beta = (torch.randn(width, device="cuda") for _ in range(2))
    typed_gamma, typed_beta = gamma.to(dtype), beta.to(dtype)
    y, dx = torch.empty_like(x), torch.empty_like(x)
    mean, rstd = (torch.empty(rows, device="cuda") for _ in range(2))
    blocks = (rows + 31) // 32
    partials = torch.empty(2, blocks, width, device="cuda")
    sums = torch.empty(2, width, device="cuda")

    def forward():
        call("layer_norm_forward", type_of(x), x, width, type_of(x), None, 0, None, 0, type_of(x), typed_gamma, typed_beta, y,
             width, i32(F32), mean, rstd, 0, rows, width, 1e-5)

    def backward():
        call("layer_norm_backward", type_of(x), dy, width, type_of(x), None, 0, x, width, i32(F32), mean, rstd, type_of(x),
             typed_gamma, dx, width, i32(F32), partials[0], partials[1], 0, blocks, rows, width)
        for k in range(2):
            call("sum_row_blocks", i32(F32), partials[k], width, i32(F32), sums[k], 0, width, blocks, i32(0))

    leaf = x.detach().requires_grad_()
    weight, bias = typed_gamma.detach().requires_grad_(), typed_beta.detach().requires_grad_()

    def torch_forward():
        return F.layer_norm(leaf, (width,), weight, bias, 1e-5)

    result = torch_forward()
    gradients = torch.autograd.grad(result, (leaf, weight, bias), dy, retain_graph=True)
    forward()
    backward()
    tolerance = 1e-5 if dtype == torch.float32 else 1e-2
    for what, got, expected in (("y", y, result), ("dx", dx, gradients[0]), ("dgamma", sums[0], gradients[1]),
                                ("dbeta", sums[1], gradients[2])):
        agree(what, got, expected, tolerance)
    name = f"{rows} x {width} {str(dtype)[6:]}"
    row("layer_norm forward " + name, milliseconds(forward), torch=milliseconds(torch_forward))
    row("layer_norm backward " + name, milliseconds(backward), torch=milliseconds(
        lambda: torch.autograd.grad(result, (leaf, weight, bias), dy, retain_graph=True)))


def adamw(n):
    torch.manual_seed(1)
    w = torch.nn.Parameter(torch.randn(n, device="cuda"))
    w.grad = torch.randn(n, device="cuda")
    own, m, v = w.detach().clone(), torch.zeros(n, device="cuda"), torch.zeros(n, device="cuda")
    optimizer = torch.optim.AdamW([w], lr=1e-3, weight_decay=0.01, fused=True)
    steps = 0

    def basin():
        nonlocal steps
        steps += 1
        call("adamw_step", i32(F32), own, None, i32(F32), w.grad, i32(F32), m, i32(F32), v, None, 0, n, 1e-3, 0.9, 0.999, 1e-8,
             0.01, 1.0, steps)

    for _ in range(3):
        basin()
        optimizer.step()
    agree("weights", own, w.detach(), 1e-6)
    row(f"adamw {n}", milliseconds(basin), fused=milliseconds(optimizer.step))


print(torch.cuda.get_device_name(), "PyTorch", torch.__version__)
for shape in ((4096, 50257), (131072, 1000), (1024, 128256)):
    for dtype in (torch.float32, torch.bfloat16):
        cross_entropy(*shape, dtype)
for shape in ((65536, 1024), (16384, 4096)):
    for dtype in (torch.float32, torch.bfloat16):
        layer_norm(*shape, dtype)
adamw(64 << 20)
