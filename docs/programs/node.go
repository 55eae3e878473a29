// A linearizable store: each request is passed on to the service lin-kv, and its reply back. Change it into yours.
// Build it with: go build -o node node.go
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

type body = map[string]any

type message struct {
	ID   int    `json:"id,omitempty"`
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body body   `json:"body"`
}

var (
	nodeID    string
	saysQuiet bool
	number    int
	callbacks = map[int]func(body){}
	out       = json.NewEncoder(os.Stdout)
)

func send(dest string, content body) {
	if err := out.Encode(message{Src: nodeID, Dest: dest, Body: content}); err != nil {
		panic(err)
	}
}

// call asks another node or a service; then is called with the body of the reply.
func call(dest string, content body, then func(body)) {
	number++
	content["msg_id"] = number
	callbacks[number] = then
	send(dest, content)
}

// handle takes a request of a client or of another node.
func handle(request message) {
	id, asks := request.Body["msg_id"]
	reply := func(answer body) {
		if asks {
			answer["in_reply_to"] = id
			send(request.Src, answer)
		}
	}
	switch request.Body["type"] {
	case "init":
		nodeID = request.Body["node_id"].(string)
		// In virtual time it is asked to say when it is done with a line: nothing may run on after that.
		_, saysQuiet = request.Body["splitbrain"]
		reply(body{"type": "init_ok"})
	case "read", "write", "cas":
		call("lin-kv", request.Body, func(answer body) {
			delete(answer, "msg_id")
			reply(answer)
		})
	default:
		reply(body{"type": "error", "code": 10, "text": "not supported"})
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	// A line may be longer than the scanner's usual 64 KiB.
	lines.Buffer(make([]byte, 65536), 16<<20)
	for lines.Scan() {
		var received message
		if err := json.Unmarshal(lines.Bytes(), &received); err != nil {
			panic(err)
		}
		if id, isReply := received.Body["in_reply_to"].(float64); !isReply {
			handle(received)
		} else if then, waits := callbacks[int(id)]; waits {
			delete(callbacks, int(id))
			then(received.Body)
		}
		if saysQuiet {
			send("harness", body{"type": "quiet", "in_reply_to": received.ID})
		}
	}
}
