// broadcast, right: everything is sent to all others every 100 ms. It runs in virtual time: services give it timers
// and chance.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
)

type body = map[string]any

type message struct {
	ID   int    `json:"id,omitempty"`
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body body   `json:"body"`
}

var (
	me    string
	peers []string
	seen  = map[int]bool{}
	next  int
	waits = map[int]func(body){}
	out   = json.NewEncoder(os.Stdout)
)

func send(dest string, content body) {
	if err := out.Encode(message{Src: me, Dest: dest, Body: content}); err != nil {
		panic(err)
	}
}

func call(dest string, content body, then func(body)) {
	next++
	content["msg_id"] = next
	waits[next] = then
	send(dest, content)
}

func elements() []int {
	list := []int{}
	for one := range seen {
		list = append(list, one)
	}
	sort.Ints(list)
	return list
}

func tick(body) {
	for _, peer := range peers {
		send(peer, body{"type": "elements", "value": elements()})
	}
	call("clock", body{"type": "sleep", "ms": 100}, tick)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 65536), 16<<20)
	for lines.Scan() {
		var one message
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		reply := func(answer body) {
			answer["in_reply_to"] = one.Body["msg_id"]
			send(one.Src, answer)
		}
		if id, is := one.Body["in_reply_to"].(float64); is {
			then := waits[int(id)]
			delete(waits, int(id))
			then(one.Body)
		} else {
			switch one.Body["type"] {
			case "init":
				me = one.Body["node_id"].(string)
				for _, name := range one.Body["node_ids"].([]any) {
					if name != me {
						peers = append(peers, name.(string))
					}
				}
				reply(body{"type": "init_ok"})
				call("chance", body{"type": "draw"}, func(drawn body) {
					fmt.Fprintln(os.Stderr, "drew", drawn["u"])
					call("clock", body{"type": "sleep", "ms": 100 * drawn["u"].(float64)}, tick)
				})
				call("clock", body{"type": "now"}, func(told body) { fmt.Fprintln(os.Stderr, "began at", told["ms"]) })
			case "topology":
				reply(body{"type": "topology_ok"})
			case "broadcast":
				seen[int(one.Body["message"].(float64))] = true
				reply(body{"type": "broadcast_ok"})
			case "read":
				reply(body{"type": "read_ok", "messages": elements()})
			case "elements":
				for _, element := range one.Body["value"].([]any) {
					seen[int(element.(float64))] = true
				}
			}
		}
		send("harness", body{"type": "quiet", "in_reply_to": one.ID})
	}
}
