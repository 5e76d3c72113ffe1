#ifndef BASIN_EXPORT_H
#define BASIN_EXPORT_H

#if defined(_WIN32)
#define BASIN_EXPORT __declspec(dllexport)
#else
#define BASIN_EXPORT __attribute__((visibility("default")))
#endif

#endif
