/// What runs in the lab's namespaces: servers that answer, a record of what arrives, proxies that stand for load balancers, and
/// clients. Python, since every machine that has the lab's other tools has it.
public enum LabAgent {
    /// `serve LOG TCP UDP`, `proxy PORT ADDRESS TARGET…`, `send PROTOCOL SOURCE ADDRESS PORT COUNT TIMEOUT`.
    public static let source = #"""
        import json, os, socket, struct, subprocess, sys, threading, time

        def listen(family, kind, port):
            s = socket.socket(family, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            s.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
            return s

        def tcp(family, port):
            s = listen(family, socket.SOCK_STREAM, port)
            s.listen(128)
            while True:
                c, _ = s.accept()
                try:
                    c.settimeout(2)
                    c.sendall(c.recv(100))
                except OSError: pass
                c.close()

        def udp(family, port):
            s = listen(family, socket.SOCK_DGRAM, port)
            # Answers have to come from the address that was asked.
            if family == socket.AF_INET: s.setsockopt(socket.IPPROTO_IP, 8, 1)
            else: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            while True:
                data, info, _, peer = s.recvmsg(2000, 200)
                s.sendmsg([data], info, 0, peer)

        def sniff(log):
            s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
            while True:
                data, address = s.recvfrom(2000)
                if address[2] == socket.PACKET_OUTGOING: continue
                if data[0] >> 4 == 4:
                    size, protocol = (data[0] & 15) * 4, data[9]
                    source, to = socket.inet_ntop(socket.AF_INET, data[12:16]), socket.inet_ntop(socket.AF_INET, data[16:20])
                elif data[0] >> 4 == 6:
                    size, protocol = 40, data[6]
                    source, to = socket.inet_ntop(socket.AF_INET6, data[8:24]), socket.inet_ntop(socket.AF_INET6, data[24:40])
                else: continue
                body = data[size:]
                name = {6: "tcp", 17: "udp", 1: "icmp", 58: "icmp"}.get(protocol)
                if name is None or len(body) < 8: continue
                if name == "tcp" and body[13] & 0x12 != 2: continue
                if name == "icmp" and body[0] not in (8, 128): continue
                port, toport = struct.unpack("!HH", body[:4]) if name != "icmp" else (0, 0)
                log.write(json.dumps({"protocol": name, "source": source, "port": port, "to": to, "toport": toport}) + "\n")
                log.flush()

        def proxy(port, own, targets):
            def serve(family):
                s = listen(family, socket.SOCK_STREAM, port)
                s.listen(128)
                turn = 0
                while True:
                    c, _ = s.accept()
                    address, toport = targets[turn % len(targets)].rsplit("/", 1)
                    turn += 1
                    try:
                        c.settimeout(3)
                        t = socket.create_connection((address, int(toport)), timeout=3, source_address=(own, 0))
                        t.sendall(c.recv(100))
                        c.sendall(t.recv(100))
                        t.close()
                    except OSError: pass
                    c.close()
            threading.Thread(target=serve, args=(socket.AF_INET,)).start()
            serve(socket.AF_INET6)

        def send(protocol, source, address, port, count, timeout):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            result = {"reply": 0, "refused": 0, "timeout": 0}
            def once():
                try:
                    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
                    s = socket.socket(family, kind)
                    s.settimeout(timeout)
                    if source != "-":
                        # Any address may be claimed: whether it gets through is the question.
                        s.setsockopt(*((socket.SOL_IP, 15, 1) if family == socket.AF_INET else (socket.IPPROTO_IPV6, 78, 1)))
                        s.bind((source, 0))
                    s.connect((address, port))
                    s.sendall(b"token")
                    answer = s.recv(100)
                    result["reply" if answer == b"token" else "timeout"] += 1
                except TimeoutError: result["timeout"] += 1
                except ConnectionRefusedError: result["refused"] += 1
                except OSError as error:
                    result["refused" if error.errno in (1, 13, 113, 101, 111) else "timeout"] += 1
            threads = [threading.Thread(target=once) for _ in range(count)]
            for t in threads: t.start()
            for t in threads: t.join()
            print(json.dumps(result))

        def ports(text): return [int(p) for p in text.split(",") if p != "-"]

        def launch(path):
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            for line in open(path): subprocess.Popen(line.split(), start_new_session=True, **quiet)

        mode, rest = sys.argv[1], sys.argv[2:]
        if mode == "serve":
            for family in (socket.AF_INET, socket.AF_INET6):
                for port in ports(rest[1]): threading.Thread(target=tcp, args=(family, port)).start()
                for port in ports(rest[2]): threading.Thread(target=udp, args=(family, port)).start()
            sniff(open(rest[0], "w"))
        elif mode == "launch": launch(rest[0])
        elif mode == "proxy": proxy(int(rest[0]), rest[1], rest[2:])
        elif mode == "send": send(rest[0], rest[1], rest[2], int(rest[3]), int(rest[4]), float(rest[5]))
        """#
}
