#!lua
-- Withdraws an application, also one that Redis does not know (it may have forgotten
-- it): marks the id and appends a record.  It frees no seat; settling does.
--
--   KEYS  id:ID
--   ARGV  PREFIX ID AT_MS NODE TTL [MODE [GIG WHO]]
--
-- MODE is "live" (also when it is not given), or from a ledger "intent", "resend",
-- "replay", with what the ledger knows of the application.  Answers {ready, verdict}:
-- "withdrawn", from a ledger "settled", "queued" or "appended"; or "notready".  PREFIX
-- and the modes: see judge.lua.

if #KEYS ~= 1 or (#ARGV ~= 5 and #ARGV ~= 6 and #ARGV ~= 8) then
    return redis.error_reply('ERR gig: withdraw takes 1 key and 5, 6 or 8 arguments')
end

local id_key = KEYS[1]
local prefix, id, at, node, ttl, mode, its_gig, its_who = unpack(ARGV)
local applications_key = prefix .. 'applications'
local modes = {live = 1, intent = 1, resend = 1, replay = 1}

mode = mode or 'live'

if not modes[mode] then
    return redis.error_reply('ERR gig: MODE of withdraw is live, intent, resend or replay')
end
if not at:find('^%d+$') or not ttl:find('^[1-9]%d*$') then
    return redis.error_reply('ERR gig: AT_MS and TTL of withdraw are whole numbers')
end

-- As in judge.lua, which says why.
local function is_queued(entry, queue)
    local ms, n = entry:match('^(%d+)%-(%d+)$')
    local first_ms, first_n =
        (redis.call('HGET', prefix .. 'catalog', 'first') or ''):match('^(%d+)%-(%d+)$')

    if not ms or queue == 0 then
        return false
    end
    if not first_ms or tonumber(ms) ~= tonumber(first_ms) then
        return not first_ms or tonumber(ms) > tonumber(first_ms)
    end
    return tonumber(n) >= tonumber(first_n)
end

local ready = redis.call('GET', prefix .. 'ready')

if not ready then
    return {'', 'notready'}
end

local withdrawn, gig, who, content, place = unpack(
    redis.call('HMGET', id_key, 'withdrawn', 'gig', 'who', 'print', 'withdraw:'))
local queue = redis.call('XLEN', applications_key)

if mode == 'live' then
    if withdrawn then
        return {ready, 'withdrawn'}
    end

else
    if place and is_queued(place, queue) then
        return {ready, 'queued'}
    end
    if place == 'settled' and mode ~= 'replay' then
        return {ready, 'settled'}
    end
end

local entry = redis.call('XADD', applications_key, '*', 'id', id, 'op', 'withdraw',
    'gig', gig or its_gig or '', 'at', at, 'node', node, 'who', who or its_who or '',
    'print', content or '')

redis.call('HSET', id_key, 'withdrawn', '1', 'withdraw:', entry)
redis.call('EXPIRE', id_key, ttl)

return {ready, mode == 'live' and 'withdrawn' or 'appended'}
