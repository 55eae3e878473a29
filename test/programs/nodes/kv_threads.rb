#!/usr/bin/env ruby
# lin-kv, right: the service's data. The main thread reads lines, a thread each handles them and waits for promises.
require 'json'
require 'monitor'

class Promise
  def initialize
    @lock = Mutex.new
    @changed = ConditionVariable.new
  end

  def resolve(value)
    @lock.synchronize { @value = value; @changed.broadcast }
  end

  def await(seconds)
    @lock.synchronize do
      @changed.wait(@lock, seconds) unless @value
      @value or raise 'promise timed out'
    end
  end
end

$lock, $next, $waiting, $me = Monitor.new, 0, {}, nil

def say(dest, body)
  $lock.synchronize do
    STDOUT.puts(JSON.generate(src: $me, dest: dest, body: body))
    STDOUT.flush
  end
end

def ask(dest, body)
  promise = Promise.new
  id = $lock.synchronize { $waiting[$next += 1] = promise; $next }
  say(dest, body.merge(msg_id: id))
  promise.await(5)
end

def handle(message)
  body = message['body']
  if body['type'] == 'init'
    ask('lin-kv', type: 'read', key: 'warm-up') # Services are there before init is answered.
    answer = { type: 'init_ok' }
  else
    answer = ask('lin-kv', body.reject { |field, _| field == 'msg_id' }).reject { |field, _| field == 'in_reply_to' }
  end
  say(message['src'], answer.merge(in_reply_to: body['msg_id']))
rescue StandardError => error
  say(message['src'], type: 'error', code: 0, text: error.message, in_reply_to: body['msg_id'])
end

Thread.new { loop { sleep 0.5; STDERR.puts "#{$me} is there" } }
while (line = STDIN.gets)
  message = JSON.parse(line)
  $me = message['body']['node_id'] if message['body']['type'] == 'init'
  promise = $lock.synchronize { $waiting.delete(message['body']['in_reply_to']) }
  if promise
    promise.resolve(message['body'])
  else
    Thread.new(message) { |one| handle(one) }
  end
end
