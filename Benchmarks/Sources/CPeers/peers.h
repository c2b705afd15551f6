// What the files of the peers share.
#ifndef PEERS_H
#define PEERS_H

#include <dlfcn.h>

#include "include/CPeers.h"

/// Loads a library of DPDK by its name without prefix, of the versions that are known; null where there is none.
void *_Nullable peers_load(const char *_Nonnull name);

/// Finds a function, or returns from a function that says what is missing.
#define PEERS_FIND(library, member, name)                        \
    *(void **)&member = dlsym(library, name);                    \
    if (!member) return "DPDK lacks " name;

#endif
