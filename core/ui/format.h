// Numbers, and names, as people read them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace limpid {

std::string count_text(double count);       // "751,939", "1.2 million"
std::string bytes_text(double bytes);       // "2.6 MB", "512 MB", "1.5 GB": units of 1000
std::string memory_text(size_t bytes);      // "512 MiB", "2 GiB": whole units of 1024
std::string duration_text(double seconds);  // "40 s", "3 min 20 s", "2 h 5 min"
std::string ms_text(double ms);             // "12 ms", "1.4 s"
std::string rate_text(double per_s);        // "0.15", "2.6", "120"
// With `digits` after the point; "∞" and "–" for what is no finite number.
std::string fixed_text(double value, int digits);

// "1 epoch", "30 epochs".
std::string epochs_text(int epochs);
// With so many significant digits: "0.0123".
std::string significant_text(double value, int digits);
std::string parameters_text(size_t count);  // "751,939 parameters"
// Of the file or folder that a path leads to: "b" of "/a/b" and of "/a/b/".
std::string name_in(const std::string& path);
// Devices by what their descriptions begin with, up to a comma; those that are alike are counted:
// "CPU", "NVIDIA H200", "NVIDIA H200 (2)".
std::vector<std::string> device_titles(const std::vector<std::string>& descriptions);

}  // namespace limpid
