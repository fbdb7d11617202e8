import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { FetchedPackage } from './fetchPackage.ts'
import { addonOf, type Places } from './places.ts'
import { run, step } from './run.ts'

/** Name of the addon proper, beside the one that tfjs-node loads. */
const inner = 'tfjs_binding_inner.node'

/**
 * The addon that tfjs-node loads: it loads the addon proper with stderr turned away, since this TensorFlow prints two
 * lines there whenever it is loaded and has no setting against it. What goes wrong is thrown as an error.
 */
const quietLoader = `
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>
#include <string>

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  Dl_info here;
  dladdr(reinterpret_cast<void*>(&napi_register_module_v1), &here);
  std::string path(here.dli_fname);
  path = path.substr(0, path.rfind('/') + 1) + "${inner}";
  int kept = dup(2);
  int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, 2);
  void* addon = dlopen(path.c_str(), RTLD_NOW);
  dup2(kept, 2);
  close(kept);
  close(nowhere);
  using Init = napi_value (*)(napi_env, napi_value);
  Init init = addon == nullptr ? nullptr : reinterpret_cast<Init>(dlsym(addon, "napi_register_module_v1"));
  if (init == nullptr) {
    napi_throw_error(env, nullptr, dlerror());
    return nullptr;
  }
  return init(env, exports);
}
`

/** Compiles tfjs-node's own two source files against the C library, and the quiet loader. */
export async function compileAddon(places: Places, { folder, headers }: FetchedPackage): Promise<void> {
  const { library, addon } = places
  const out = dirname(addonOf(folder))
  await mkdir(out, { recursive: true })
  const loader = join(folder, 'binding', 'quiet_loader.cc')
  await writeFile(loader, quietLoader)
  // Found from where the package will be, so that the repository may be moved, and from where it is being made.
  const rpath = `-Wl,-rpath,$ORIGIN/${relative(dirname(addon), library)}:${library}`
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => join(library, name))
  const includes = [`-I${headers}`, `-I${join(library, 'include')}`, `-I${folder}`]
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(folder, 'binding', name))
  await step('compiling the addon', async () => {
    await compile(folder, [...includes, ...sources, ...libraries, rpath, '-o', join(out, inner)])
    await compile(folder, [...includes, loader, '-ldl', '-o', addonOf(folder)])
  })
}

async function compile(cwd: string, args: readonly string[]): Promise<void> {
  await run({
    command: 'g++',
    args: ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', ...args],
    cwd,
    missing: 'There is no g++. Install a C++17 compiler (Debian: apt install g++).',
    failed: 'The addon of tfjs-node does not compile.',
  })
}
