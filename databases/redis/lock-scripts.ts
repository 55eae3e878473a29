/** What is done with locks and with what they guard, as scripts: Redis makes each as one step. */

/** Sets the lock to the session for so many ms where it is free. Returns the next token; nothing where it is not. */
export const ACQUIRE = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
return redis.call('INCR', KEYS[2])`;

/** The next token of a counter. */
export const NEXT = "return redis.call('INCR', KEYS[1])";

/** The lock is the session's for so many ms from now on, where it is the session's at all. */
export const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Removes the lock, where it is the session's. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * Shows the resource a token, and may write a value there: returns what was there before, and the newest token that it
 * was shown. Where it looks at tokens it does nothing for one that is older.
 */
export const REACH = `
local before = redis.call('HGET', KEYS[1], 'value')
local newest = tonumber(redis.call('HGET', KEYS[1], 'token') or '0')
local token = tonumber(ARGV[1])
if ARGV[2] == 'looks' and token < newest then return {before, newest} end
if token > newest then redis.call('HSET', KEYS[1], 'token', token) end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'value', ARGV[3]) end
return {before, newest}`;
