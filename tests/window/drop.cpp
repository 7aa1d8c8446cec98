// drop FILE...: drops files on the window that takes them, as a file manager does: the source's
// half of XDND version 5 (freedesktop.org/wiki/Specifications/XDND). Fails with a sentence when no
// window takes them within ten seconds.
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <poll.h>

#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

namespace {

struct Connection {
  Display* display = XOpenDisplay(nullptr);
  Window root = display ? DefaultRootWindow(display) : 0;
  Atom atom(const char* name) const { return XInternAtom(display, name, False); }
};

// A window below `window` that says it takes drops; 0: none.
Window find_target(const Connection& screen, Window window) {
  Atom type = 0;
  int format = 0;
  unsigned long count = 0, rest = 0;
  unsigned char* data = nullptr;
  XGetWindowProperty(screen.display, window, screen.atom("XdndAware"), 0, 1, False, XA_ATOM, &type,
                     &format, &count, &rest, &data);
  if (data) XFree(data);
  if (count > 0) return window;
  Window root = 0, parent = 0, *children = nullptr, found = 0;
  unsigned int n = 0;
  XQueryTree(screen.display, window, &root, &parent, &children, &n);
  for (unsigned int i = n; i-- > 0 && !found;) found = find_target(screen, children[i]);
  if (children) XFree(children);
  return found;
}

void tell(const Connection& screen, Window source, Window target, const char* name, long second,
          long third, long fourth, long fifth) {
  XEvent event = {};
  event.xclient.type = ClientMessage;
  event.xclient.window = target;
  event.xclient.message_type = screen.atom(name);
  event.xclient.format = 32;
  const long values[] = {long(source), second, third, fourth, fifth};
  for (int i = 0; i < 5; ++i) event.xclient.data.l[i] = values[i];
  XSendEvent(screen.display, target, False, NoEventMask, &event);
  XFlush(screen.display);
}

// The target asked for the list of files.
void answer(const Connection& screen, const XSelectionRequestEvent& request,
            const std::string& list) {
  XChangeProperty(screen.display, request.requestor, request.property, request.target, 8,
                  PropModeReplace, reinterpret_cast<const unsigned char*>(list.data()),
                  int(list.size()));
  XEvent event = {};
  event.xselection.type = SelectionNotify;
  event.xselection.requestor = request.requestor;
  event.xselection.selection = request.selection;
  event.xselection.target = request.target;
  event.xselection.property = request.property;
  event.xselection.time = request.time;
  XSendEvent(screen.display, request.requestor, False, NoEventMask, &event);
  XFlush(screen.display);
}

std::string uri_list(int n, char** files) {
  std::string list;
  for (int i = 0; i < n; ++i) {
    list += "file://";
    for (const char c : std::filesystem::absolute(files[i]).string()) {
      char coded[4];
      std::snprintf(coded, sizeof coded, "%%%02X", (unsigned char)c);
      list += (c == '/' || c == '.' || c == '-' || c == '_' || std::isalnum((unsigned char)c))
                  ? std::string(1, c)
                  : coded;
    }
    list += "\r\n";
  }
  return list;
}

int fail(const char* sentence) {
  std::fprintf(stderr, "drop: %s\n", sentence);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Connection screen;
  if (!screen.display) return fail("there is no display");
  const Window target = find_target(screen, screen.root);
  if (!target) return fail("no window takes drops");
  const Window source = XCreateSimpleWindow(screen.display, screen.root, 0, 0, 1, 1, 0, 0, 0);
  const Atom selection = screen.atom("XdndSelection");
  XSetSelectionOwner(screen.display, selection, source, CurrentTime);
  const std::string list = uri_list(argc - 1, argv + 1);

  XWindowAttributes place = {};
  XGetWindowAttributes(screen.display, target, &place);
  const long middle = (long(place.x + place.width / 2) << 16) | (place.y + place.height / 2);
  tell(screen, source, target, "XdndEnter", 5L << 24, long(screen.atom("text/uri-list")), 0, 0);
  tell(screen, source, target, "XdndPosition", 0, middle, CurrentTime,
       long(screen.atom("XdndActionCopy")));

  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool dropped = false;
  while (std::chrono::steady_clock::now() < until) {
    while (XPending(screen.display) > 0) {
      XEvent event;
      XNextEvent(screen.display, &event);
      if (event.type == SelectionRequest) answer(screen, event.xselectionrequest, list);
      if (event.type != ClientMessage) continue;
      const Atom kind = event.xclient.message_type;
      if (kind == screen.atom("XdndFinished")) return 0;
      if (kind == screen.atom("XdndStatus") && !dropped) {
        if ((event.xclient.data.l[1] & 1) == 0) return fail("the window refuses the files");
        tell(screen, source, target, "XdndDrop", 0, CurrentTime, 0, 0);
        dropped = true;
      }
    }
    pollfd ready = {ConnectionNumber(screen.display), POLLIN, 0};
    poll(&ready, 1, 100);
  }
  return fail(dropped ? "the window does not take the files" : "the window does not answer");
}
