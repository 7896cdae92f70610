#!lua
-- Who publishes to this board: one gig-sync, for as long as it says so again in time.
--
--   KEYS  lease fence
--   ARGV  hold  HOLDER WHERE TTL_MS     takes what nobody has, or keeps what is HOLDER's
--         leave HOLDER                  gives it back
--
-- Answers {FENCE, WHERE}: whose it is now; FENCE is empty unless it is HOLDER's.  HOLDER is a
-- random name, WHERE is for people.  `lease` holds "FENCE WHERE" and goes by itself, by this
-- Redis's clock; FENCE is NUMBER-HOLDER.  The number rises with each change of hands, as long
-- as Redis has its memory; after that the name tells one from another.

local lease_key, fence_key = KEYS[1], KEYS[2]
local what, holder, where, ttl = unpack(ARGV)

if #KEYS ~= 2 or not holder or #holder > 64 or not holder:find('^%w+$')
    or not (what == 'leave' and #ARGV == 2
        or what == 'hold' and #ARGV == 4 and where ~= '' and #where <= 100
            and not where:find('%c') and ttl:find('^[1-9]%d*$') and #ttl < 10)
then
    return redis.error_reply('ERR gig: lease takes hold HOLDER WHERE TTL_MS or leave HOLDER')
end

local fence, owner, told = (redis.call('GET', lease_key) or ''):match('^(%d+%-(%w+)) (.+)$')
local number = tonumber(redis.call('GET', fence_key) or '0')

if what == 'leave' then
    if owner == holder then
        redis.call('DEL', lease_key)
    end
    return {'', ''}
end

if fence and owner ~= holder then
    return {'', told}
end

if not fence then
    number = (number or 0) + 1
    redis.call('SET', fence_key, string.format('%.0f', number))
    fence = string.format('%.0f-%s', number, holder)
end

redis.call('SET', lease_key, fence .. ' ' .. where, 'PX', ttl)

return {fence, where}
