#!lua
-- Withdraws an application, also one that Redis does not know (it may have forgotten
-- it): marks the id and appends a record.  It frees no seat; settling does.
--
--   KEYS  id:ID
--   ARGV  PREFIX ID AT_MS NODE TTL
--
-- Answers {ready, "withdrawn" | "notready"}.  PREFIX: see judge.lua.

if #KEYS ~= 1 or #ARGV ~= 5 then
    return redis.error_reply('ERR gig: withdraw takes 1 key and 5 arguments')
end

local id_key = KEYS[1]
local prefix, id, at, node, ttl = unpack(ARGV)
local applications_key = prefix .. 'applications'

if not at:find('^%d+$') or not ttl:find('^[1-9]%d*$') then
    return redis.error_reply('ERR gig: AT_MS and TTL of withdraw are whole numbers')
end

local ready = redis.call('GET', prefix .. 'ready')

if not ready then
    return {'', 'notready'}
end

local known = redis.call('HMGET', id_key, 'withdrawn', 'gig', 'who', 'print')

if known[1] then
    return {ready, 'withdrawn'}
end

redis.call('XLEN', applications_key)

local entry = redis.call('XADD', applications_key, '*', 'id', id, 'op', 'withdraw',
    'gig', known[2] or '', 'at', at, 'node', node, 'who', known[3] or '', 'print', known[4] or '')

redis.call('HSET', id_key, 'withdrawn', '1', 'withdraw:', entry)
redis.call('EXPIRE', id_key, ttl)

return {ready, 'withdrawn'}
